import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, Hit } from '@promptloom/search/answer'
import { type Question, questionSchema } from '@promptloom/search/question'
import sharp from 'sharp'

/** A collection that stands in for a real one where a test must know every row. */
export interface StudioDouble extends AsyncDisposable {
  readonly url: string
  /** Questions so far, the last one last. */
  readonly asked: Question[]
  /** Every other request that changes something: its path and body. */
  readonly told: { readonly path: string; readonly body: unknown }[]
  /** Names of the pictures that came with each question. */
  readonly uploads: string[][]
}

/** A response by its status, type and body. */
export interface DoubleReply {
  readonly status?: number
  readonly type?: string
  readonly body: string | Uint8Array
  /** The connection stays open after it, as that of events does. */
  readonly open?: boolean
}

/** What a double is opened with. */
export interface StudioDoubleOptions {
  /** Rows of the collection. */
  readonly rows: number
  /** Rows of a page of an answer, whatever was asked for; default what was asked for. */
  readonly pageRows?: number
  /** Answers by path, before the others are tried; a string is JSON. */
  readonly replies?: Readonly<Record<string, unknown>>
  /** The page's files. */
  readonly file?: (path: string) => Promise<DoubleReply | undefined>
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
 * Serves the API over made-up rows. Words that hold `nothing` find nothing similar; a filter for the source `nowhere`
 * leaves no row; the word `broken` fails. It uses none of the platform's web classes, which a simulated window replaces.
 */
export async function studioDouble({ rows, pageRows, replies = {}, file }: StudioDoubleOptions): Promise<StudioDouble> {
  const picture = await paintings()
  const state = { asked: [] as Question[], told: [] as StudioDouble['told'], uploads: [] as string[][] }
  const answer = async (path: string, search: URLSearchParams, body: Buffer): Promise<DoubleReply> => {
    if (path === '/api/search') return json(answerTo(questionIn(body, state), rows, pageRows))
    if (path in replies) {
      if (body.length > 0) state.told.push({ path, body: JSON.parse(body.toString()) })
      return json(replies[path])
    }
    if (path === '/api/status') return json({ ...STATUS, prompts: rows, pictures: rows })
    if (path === '/api/browse') return json(browsed(Number(search.get('k')), Number(search.get('page')), rows))
    const [, id, part] = /^\/api\/rows\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
    if (id && (part === 'thumbnail' || part === 'picture')) return picture(positionOf(id))
    if (id && part === undefined) return json({ ...summaryOf(positionOf(id)), truncated: false, clipScore: 0.31 })
    const found = await file?.(path)
    if (!found) throw new Refusal(404, `There is nothing at ${path}.`)
    return found
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const reply = await answer(decodeURI(pathname), searchParams, await bodyOf(request)).catch(failed)
    response.writeHead(reply.status ?? 200, {
      'content-type': reply.type ?? 'application/json',
      ...(reply.type?.startsWith('image/') ? { 'cache-control': 'max-age=3600' } : {}),
      'content-security-policy': "default-src 'self'; img-src 'self' blob: data:",
    })
    if (reply.open) response.write(reply.body)
    else response.end(reply.body)
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A request that is answered with a failure. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function failed(error: unknown): DoubleReply {
  const status = error instanceof Refusal ? error.status : 500
  return { ...json({ error: { code: 'failed', message: String((error as Error).message) } }), status }
}

function json(value: unknown): DoubleReply {
  return { body: JSON.stringify(value) }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The question of a body, which is JSON or a form that holds it beside pictures. */
function questionIn(body: Buffer, { asked, uploads }: Pick<StudioDouble, 'asked' | 'uploads'>): Question {
  const text = body.toString('latin1')
  const [, inForm] = /name="question"\r\n\r\n([\s\S]*?)\r\n--/.exec(text) ?? []
  const question = questionSchema.parse(JSON.parse(Buffer.from(inForm ?? text, 'latin1').toString('utf8')))
  asked.push(question)
  uploads.push([...text.matchAll(/name="([^"]+)"; filename/g)].map(([, name]) => name as string))
  return question
}

const MODEL = { name: 'made up', digest: '0'.repeat(64), standIn: 'CLIP' }
const STATUS = { model: { ...MODEL, dimension: 512 }, store: 'none', calibrated: true, keywords: true }

function answerTo(question: Question, rows: number, pageRows = question.k): Answer {
  const words = question.terms.map((term) => ('text' in term ? term.text : '')).join(' ')
  if (words.includes('broken')) throw new Refusal(503, 'The collection is being loaded.')
  const none = question.cutoff && words.includes('nothing')
  const unmatched = question.filters.sources?.includes('nowhere') ?? false
  const from = (question.page - 1) * pageRows
  const hits =
    none || unmatched
      ? []
      : Array.from({ length: Math.max(0, Math.min(pageRows, rows - from)) }, (_, at) => doubleRow(from + at))
  return {
    find: question.find,
    hits,
    page: question.page,
    k: question.k,
    more: hits.length > 0 && from + pageRows < rows,
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

function browsed(k: number, page: number, rows: number) {
  const from = (page - 1) * k
  const count = Math.max(0, Math.min(k, rows - from))
  return { rows: Array.from({ length: count }, (_, at) => summaryOf(from + at)), more: from + k < rows }
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
  throw new Refusal(404, `There is no row with the id "${id}" in the collection.`)
}

/** A few pictures, each of one colour, made once. */
async function paintings(): Promise<(position: number) => DoubleReply> {
  const made = await Promise.all(
    SHAPES.map(([width, height], index) =>
      sharp({
        create: { width: width / 2, height: height / 2, channels: 3, background: `hsl(${index * 70}, 60%, 55%)` },
      })
        .webp()
        .toBuffer(),
    ),
  )
  return (position) => ({ body: made[(position * 7) % SHAPES.length] as Buffer, type: 'image/webp' })
}
