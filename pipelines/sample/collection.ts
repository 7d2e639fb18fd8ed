import { createHash } from 'node:crypto'
import { type Random, randomFor } from '@promptloom/generate/sketch/random'
import { drawWish, writePrompt } from './prompt-writer.ts'

/** Where the sample's host listens; the addresses in the collection point there. */
export const SAMPLE_ORIGIN = 'http://127.0.0.1:47474'

/** Folders of the sample's host, by how it answers for what lies there. */
export const FOLDERS = {
  /** The picture of that id; 404 where no row has that id. */
  picture: 'full_jpg',
  /** 410 Gone. */
  gone: 'gone',
  /** A web page with status 200 instead of a picture. */
  page: 'page',
  /** A picture whose second half is missing. */
  cut: 'cut',
  /** A picture that its owner keeps out of data sets: `X-Robots-Tag: noai, noimageai`. */
  private: 'private',
} as const

/** One line of the collection before it is written; values may be broken on purpose. */
interface SampleRow {
  id: string
  prompt: string
  url: string
  width: string
  height: string
  /** Size of the picture behind the address, whatever the row says of it. */
  size: string
  /** Whether the host has the picture. */
  hosted: boolean
}

/** What the sample's host has under one path. */
export interface SamplePicture {
  readonly prompt: string
  readonly seed: number
  /** Pixels. */
  readonly width: number
  readonly height: number
}

const SIZES = ['384x384', '384x384', '384x384', '384x576', '384x576', '576x384'] as const

/**
 * Writes the sample collection as CSV with the columns of the Kaggle file, an unnamed index first. The same count gives
 * the same bytes. Among the rows are repeated prompts, repeated pictures, dead links and rows that can't be used.
 */
export function sampleCsv(count = 1000): string {
  const rows = sampleRows(count)
  const lines = rows.map((row, index) =>
    [String(index), row.id, row.prompt, row.url, row.width, row.height, 'sketch'].map(quoted).join(','),
  )
  return `${[',id,prompt,url,width,height,source_site', ...lines].join('\n')}\n`
}

/** Everything that the sample's host has, by path, e.g. `/full_jpg/001a273a-…`. Dead links are not in it. */
export function samplePictures(count = 1000): ReadonlyMap<string, SamplePicture> {
  const hosted = sampleRows(count).filter((row) => row.hosted && row.url !== '')
  return new Map(
    hosted.map(({ url, prompt, size }) => {
      const path = new URL(url).pathname
      const [width = 0, height = 0] = size.split('x').map(Number)
      return [path, { prompt, seed: randomFor(path).integer(0, 2 ** 32 - 1), width, height }]
    }),
  )
}

/** The id of a made-up row: a UUID (version 8, RFC 9562) from the SHA-256 of its name. */
export function uuidFor(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

function sampleRows(count: number): SampleRow[] {
  const rows = Array.from({ length: count }, (_, index) => plainRow(`sample:${index}`))
  rows.sort((a, b) => (a.id < b.id ? -1 : 1))
  const random = randomFor('sample:faults')
  const untouched = rows.map((_, index) => index)
  const take = () => untouched.splice(random.integer(0, untouched.length - 1), 1)[0] as number
  for (const [share, spoil] of FAULTS) {
    for (let times = Math.round(share * count); times > 0; times--) {
      spoil(rows[take()] as SampleRow, rows[take()] as SampleRow, random)
    }
  }
  return rows
}

function plainRow(name: string): SampleRow {
  const random = randomFor(name)
  const id = uuidFor(name)
  const size = random.pick(SIZES)
  const [width = '', height = ''] = size.split('x')
  const prompt = writePrompt(drawWish(random), random)
  return { id, prompt, url: address('picture', id), width, height, size, hosted: true }
}

function address(folder: keyof typeof FOLDERS, id: string): string {
  return `${SAMPLE_ORIGIN}/${FOLDERS[folder]}/${id}`
}

/** What happens to how large a share of the rows; `other` is a second row that stays as it is unless said otherwise. */
const FAULTS: readonly (readonly [number, (row: SampleRow, other: SampleRow, random: Random) => void])[] = [
  [0.03, repeatPrompt],
  [0.008, repeatPicture],
  [0.02, (row) => Object.assign(row, { url: address('picture', uuidFor(`dead:${row.id}`)), hosted: false })],
  [0.003, (row) => Object.assign(row, { url: address('gone', row.id) })],
  [0.003, (row) => Object.assign(row, { url: address('page', row.id) })],
  [0.002, (row) => Object.assign(row, { url: address('cut', row.id) })],
  [0.003, (row) => Object.assign(row, { url: address('private', row.id) })],
  [0.002, (row) => Object.assign(row, { url: '' })],
  [0.004, (row, _, random) => Object.assign(row, { prompt: random.pick(['', '  ']) })],
  [0.002, (row, other) => Object.assign(row, { id: other.id })],
  [0.001, (row) => Object.assign(row, { id: '' })],
  [0.002, (row) => Object.assign(row, { width: 'wide' })],
  [0.002, (row) => Object.assign(row, { prompt: row.prompt.replace(', ', ',\n') })],
  [0.002, (row) => Object.assign(row, { prompt: `"${row.prompt}" – très détaillé, 傑作` })],
]

function repeatPrompt(row: SampleRow, other: SampleRow, random: Random): void {
  row.prompt = random.pick([other.prompt, other.prompt, other.prompt.toUpperCase(), `${other.prompt},`])
}

function repeatPicture(row: SampleRow, other: SampleRow): void {
  row.prompt = other.prompt
  row.url = other.url
  row.width = other.width
  row.height = other.height
  row.size = other.size
}

function quoted(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
