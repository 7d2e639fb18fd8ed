import { sampleRows } from '@promptloom/store/oracle'
import sharp from 'sharp'
import type { BackgroundScore } from '../background.ts'
import type { Collection, SearchedTable } from '../collection.ts'
import { rowsById } from '../table-facts.ts'
import { dot, unit } from '../vector.ts'
import type { CALIBRATED_ROUTES } from './calibration-file.ts'

/** A question's similarity with one row, and with random rows. */
export interface Similarity {
  readonly cosine: number
  readonly background: BackgroundScore
}

/** Questions whose right row is known. */
export interface KnownPairs {
  readonly right: readonly Similarity[]
  /** What the pairs are, in words. */
  readonly what: string
  /** Where questions are words: the words, and the id of the right row. */
  readonly asked?: readonly AskedWords[]
}

/** A question in words whose right row is known. */
export interface AskedWords {
  readonly words: string
  readonly id: string
}

/** Rows of the same table are drawn in the order of this seed, others than the reference rows. */
const KNOWN_PAIRS_SEED = 'known pairs'

/** How many pairs are drawn, and how many rows at the beginning of the order are passed over. */
export interface DrawnPairs {
  readonly count: number
  /** Default 0. Whoever skips what a calibration drew has pairs that it never saw. */
  readonly skip?: number
}
/** Prompts shorter than this are asked whole. */
const FEWEST_WORDS = 4

/** Known pairs for one kind of question. */
export function knownPairs(
  collection: Collection,
  route: (typeof CALIBRATED_ROUTES)[number],
  drawn: DrawnPairs,
): Promise<KnownPairs> {
  switch (route) {
    case 'text→prompts':
      return beginningsOfPrompts(collection, drawn)
    case 'text→pictures':
      return promptsToPictures(collection, drawn)
    case 'picture→prompts':
      return picturesToPrompts(collection, drawn)
    case 'picture→pictures':
      return changedPictures(collection, drawn)
  }
}

/** The beginning of a prompt → the prompt: what somebody would type who wants it. */
export async function beginningsOfPrompts(collection: Collection, drawn: DrawnPairs): Promise<KnownPairs> {
  const what = 'the beginning of a prompt, and the prompt'
  const searched = collection.tables.prompts
  if (!searched) return { right: [], what }
  const rows = await sampled(collection, searched, { drawn, columns: ['prompt'] })
  const asked = rows.map(({ id, prompt }) => ({ id: String(id), words: beginning(String(prompt)) }))
  const embedded = await collection.encoder.embedTexts(asked.map(({ words }) => words))
  const right = rows.flatMap(({ vector }, at) => similarity(searched, embedded[at]?.vector, vector))
  return { right, what, asked }
}

/** A row's prompt → its picture. */
export function promptsToPictures(collection: Collection, drawn: DrawnPairs): Promise<KnownPairs> {
  return across(collection, { from: 'prompts', to: 'pictures', drawn, what: 'a prompt, and the picture made from it' })
}

/** A row's picture → its prompt. */
export function picturesToPrompts(collection: Collection, drawn: DrawnPairs): Promise<KnownPairs> {
  return across(collection, {
    from: 'pictures',
    to: 'prompts',
    drawn,
    what: 'a picture, and the prompt it was made from',
  })
}

/** A picture cut, mirrored and packed hard → the picture. Needs the pictures at hand. */
export async function changedPictures(collection: Collection, drawn: DrawnPairs): Promise<KnownPairs> {
  const what = 'a picture cut by a fifth, mirrored and packed at low quality, and the picture'
  const { pictures, encoder } = collection
  const searched = collection.tables.pictures
  if (!searched || !pictures || !encoder.embedPictures) return { right: [], what }
  const right: Similarity[] = []
  for (const { id, vector } of await sampled(collection, searched, { drawn, columns: [] })) {
    const bytes = await pictures.read(String(id))
    if (!bytes) continue
    const [changed] = await encoder.embedPictures([await change(bytes)])
    right.push(...similarity(searched, changed, vector))
  }
  return { right, what }
}

async function across(
  collection: Collection,
  {
    from,
    to,
    drawn,
    what,
  }: { from: 'prompts' | 'pictures'; to: 'prompts' | 'pictures'; drawn: DrawnPairs; what: string },
): Promise<KnownPairs> {
  const [asked, searched] = [collection.tables[from], collection.tables[to]]
  if (!asked || !searched) return { right: [], what }
  const rows = await sampled(collection, asked, { drawn, columns: ['prompt'] })
  const column = searched.table.shape.vector
  const ids = rows.map(({ id }) => String(id))
  const partners = await rowsById(collection.store, searched.table, { ids, columns: [column] })
  const vectors = new Map(partners.map((row) => [String(row.id), row[column] as number[]]))
  const right = rows.flatMap(({ id, vector }) => similarity(searched, vector, vectors.get(String(id))))
  const paired = rows.filter(({ id }) => vectors.has(String(id)))
  const words = paired.map(({ id, prompt }) => ({ id: String(id), words: String(prompt) }))
  return { right, what, ...(from === 'prompts' ? { asked: words } : {}) }
}

/** Rows of a table in the order in which known pairs are drawn, with their vectors and the columns asked for. */
export async function sampled(
  { store }: Collection,
  { table }: SearchedTable,
  { drawn, columns }: { drawn: DrawnPairs; columns: readonly string[] },
): Promise<(Record<string, unknown> & { vector: Float32Array })[]> {
  const { count, skip = 0 } = drawn
  const target = { database: store.database, name: table.name, shape: table.shape }
  const rows = (await sampleRows(target, skip + count, KNOWN_PAIRS_SEED)).slice(skip)
  const facts = columns.length > 0 ? await rowsById(store, table, { ids: rows.map(({ id }) => id), columns }) : []
  const byId = new Map(facts.map((fact) => [String(fact.id), fact]))
  return rows.map((row) => ({ ...byId.get(row.id), ...row }))
}

function similarity(
  { background }: SearchedTable,
  question: ArrayLike<number> | undefined,
  answer: ArrayLike<number> | undefined,
): Similarity[] {
  const [a, b] = [question && unit(question), answer && unit(answer)]
  return a && b ? [{ cosine: dot(a, b), background: background.of(a) }] : []
}

/** What somebody would type who wants this prompt: the first clause where it says enough, else the first half of the words. */
export function beginning(prompt: string): string {
  const words = prompt.split(/\s+/)
  const clause = prompt.split(/[,.;|]/, 1)[0]?.split(/\s+/) ?? []
  if (words.length <= FEWEST_WORDS) return prompt
  const kept = clause.length >= FEWEST_WORDS ? clause : words.slice(0, Math.ceil(words.length / 2))
  return kept.join(' ')
}

/** A picture cut by a fifth, mirrored and packed at low quality. */
export async function change(bytes: Uint8Array): Promise<Buffer> {
  const { width, height } = await sharp(bytes).metadata()
  const [w, h] = [Math.max(1, Math.round(width * 0.8)), Math.max(1, Math.round(height * 0.8))]
  return sharp(bytes)
    .extract({ left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 3), width: w, height: h })
    .flop()
    .jpeg({ quality: 40 })
    .toBuffer()
}
