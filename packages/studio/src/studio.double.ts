import type { Answer, Hit } from '@promptloom/search/answer'
import type { Question } from '@promptloom/search/question'
import { RequestError } from '@promptloom/search/server/request-error'
import { type Route, route } from '@promptloom/search/server/route'
import * as search from '@promptloom/search/server/search-endpoints'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import sharp from 'sharp'

/** A collection that stands in for a real one where a test must know every row. */
export interface StudioDouble extends AsyncDisposable {
  readonly url: string
  /** Questions so far, the last one last. */
  readonly asked: Question[]
  /** Bytes of the pictures that came with each question, by the terms' names. */
  readonly uploads: ReadonlyMap<string, Uint8Array>[]
}

/** What a double is opened with. */
export interface StudioDoubleOptions {
  /** Rows of the collection. */
  readonly rows: number
  /** Routes beside those of search. */
  readonly routes?: readonly Route[]
  /** The page. */
  readonly fallback?: (request: Request) => Promise<Response | undefined>
}

const SHAPES = [
  [512, 512],
  [512, 768],
  [768, 512],
  [640, 960],
  [1024, 576],
] as const
const SUBJECTS = ['a lighthouse', 'a fox', 'an old clock', 'a harbour', 'a robot']
const MANNERS = ['sharp focus', 'oil on canvas', 'by night', 'watercolour']

/** The row at a position: its id, prompt and size are made from it. */
export function doubleRow(position: number): Hit {
  const [width, height] = SHAPES[(position * 7) % SHAPES.length] as (typeof SHAPES)[number]
  const id = `row-${String(position).padStart(5, '0')}`
  const [subject, manner] = [SUBJECTS[position % SUBJECTS.length], MANNERS[position % MANNERS.length]]
  const score = Math.max(0.5, 6 - position / 500)
  return {
    rank: position + 1,
    id,
    prompt: `${subject} number ${position}, ${manner}, <b>detailed</b>`,
    url: `https://example.org/${id}.png`,
    width,
    height,
    source_site: position % 10 === 3 ? 'sketch' : 'example.org',
    origin: 'dataset',
    parents: [],
    distance: 0.5,
    score,
    why: [
      {
        route: 'text→pictures',
        rank: position + 1,
        distance: 0.5,
        score,
        note: 'its picture shows what the words say',
      },
    ],
    hasPicture: position % 50 !== 49,
    thumbnail: position % 50 === 49 ? null : `/api/rows/${id}/thumbnail`,
    copies: position === 4 ? ['row-90001', 'row-90002'] : [],
    copyCount: position === 4 ? 2 : 0,
  }
}

/**
 * Serves the search API over made-up rows. Words that hold `nothing` find nothing similar; a filter for the source
 * `nowhere` leaves no row; the word `broken` fails.
 */
export async function studioDouble({ rows, routes = [], fallback }: StudioDoubleOptions): Promise<StudioDouble> {
  const asked: Question[] = []
  const uploads: ReadonlyMap<string, Uint8Array>[] = []
  const picture = await paintings()
  const own = [
    route(search.postSearch, async ({ body, uploads: given }) => {
      asked.push(body)
      uploads.push(given)
      return { json: answerTo(body, rows) }
    }),
    route(search.getBrowse, async ({ query: { k, page } }) => {
      const from = (page - 1) * k
      return { json: { rows: rowsBetween(from, Math.min(rows, from + k)), more: from + k < rows } }
    }),
    route(search.getRow, async ({ params }) => ({
      json: { ...summaryOf(positionOf(params.id)), truncated: false, clipScore: 0.31 },
    })),
    route(search.getThumbnail, async ({ params }) => picture(positionOf(params.id))),
    route(search.getPicture, async ({ params }) => picture(positionOf(params.id))),
    route(search.getStatus, async () => ({ json: { ...STATUS, prompts: rows, pictures: rows } })),
  ]
  const server: RunningServer = await createServer({ routes: [...own, ...routes], ...(fallback ? { fallback } : {}) })
  return { url: server.url, asked, uploads, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const MODEL = { name: 'made up', digest: '0'.repeat(64), standIn: 'CLIP' }
const STATUS = { model: { ...MODEL, dimension: 512 }, store: 'none', calibrated: true, keywords: true }

function answerTo(question: Question, rows: number): Answer {
  const words = question.terms.map((term) => ('text' in term ? term.text : '')).join(' ')
  if (words.includes('broken')) throw new RequestError(503, 'unavailable', 'The collection is being loaded.')
  const none = question.cutoff && words.includes('nothing')
  const unmatched = question.filters.sources?.includes('nowhere') ?? false
  const from = (question.page - 1) * question.k
  const hits =
    none || unmatched
      ? []
      : Array.from({ length: Math.max(0, Math.min(question.k, rows - from)) }, (_, at) => doubleRow(from + at))
  return {
    find: question.find,
    hits,
    page: question.page,
    k: question.k,
    more: hits.length > 0 && from + question.k < rows,
    verdict: none ? 'nothing_similar' : unmatched ? 'no_match' : 'found',
    note: none
      ? 'Nothing is similar enough.'
      : unmatched
        ? 'None of the pictures meets the filters.'
        : `${hits.length} pictures.`,
    closest: none ? { id: 'row-00000', prompt: doubleRow(0).prompt, score: 1.2, distance: 0.9 } : null,
    cutoff: { state: 'calibrated', score: 2.5, falseAcceptRate: 0.05, missRate: 0.1, note: 'Hits score at least 2.5.' },
    model: MODEL,
    warnings: [],
    timings: { total: 3 },
  }
}

function rowsBetween(from: number, to: number) {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => summaryOf(from + at))
}

/** The row at a position as those pages show it that are no answers. */
function summaryOf(position: number) {
  const {
    rank: _rank,
    distance: _distance,
    score: _score,
    why: _why,
    copies: _copies,
    copyCount: _count,
    ...row
  } = doubleRow(position)
  return row
}

function positionOf(id: string): number {
  const position = Number(/^row-(\d+)$/.exec(id)?.[1] ?? Number.NaN)
  if (Number.isInteger(position)) return position
  throw new RequestError(404, 'not_found', `There is no row with the id "${id}" in the collection.`)
}

/** A few pictures, each of one colour, made once. */
async function paintings(): Promise<(position: number) => { bytes: Uint8Array; type: string }> {
  const made = await Promise.all(
    SHAPES.map(([width, height], index) =>
      sharp({
        create: { width: width / 2, height: height / 2, channels: 3, background: `hsl(${index * 70}, 60%, 55%)` },
      })
        .webp()
        .toBuffer(),
    ),
  )
  return (position) => ({ bytes: made[(position * 7) % SHAPES.length] as Buffer, type: 'image/webp' })
}
