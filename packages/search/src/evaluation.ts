import { sampleRows } from '@promptloom/store/oracle'
import type { Answer, Hit } from './answer.ts'
import { beginning, change } from './calibration/known-pairs.ts'
import { quantile } from './calibration/threshold.ts'
import type { Collection } from './collection.ts'
import type { QuestionInput } from './question.ts'
import type { Searcher } from './searcher.ts'
import { rowsById } from './table-facts.ts'

/** How a collection's search is evaluated. */
export interface EvaluationOptions {
  /** Questions of each kind; default 200. */
  readonly questions?: number
  /** Takes a row's label (an artist, a style) out of its prompt; without it, nothing is said about labels. */
  readonly labelOf?: (prompt: string) => string | undefined
  readonly onKind?: (kind: string) => void
}

/** What one kind of question came to. */
export interface EvaluatedKind {
  readonly kind: string
  readonly questions: number
  /** Share of questions whose right row (or a row of the right label) is first, or among the first ten. */
  readonly at1: number
  readonly at10: number
  readonly note: string
}

/** Milliseconds of the parts of an answer. */
export interface PartLatency {
  readonly part: string
  readonly p50: number
  readonly p95: number
}

/** What an evaluation found. */
export interface Evaluation {
  readonly kinds: readonly EvaluatedKind[]
  readonly latencies: readonly PartLatency[]
  /** Questions with a filter that one row in a hundred meets, and how many of them got all hits that they could. */
  readonly filtered: { readonly questions: number; readonly full: number; readonly rows: number }
}

interface Sampled {
  readonly id: string
  readonly prompt: string
}

type Right = (hit: Hit, asked: Sampled) => boolean

const SEED = 'evaluation'
const itself: Right = ({ id }, asked) => id === asked.id

/**
 * Asks questions whose right answers are known and counts how often they are found. Nothing is cut off or folded;
 * where a row must be found by others of its label, the row itself is left out.
 */
export async function evaluate(searcher: Searcher, options: EvaluationOptions = {}): Promise<Evaluation> {
  const { questions = 200, labelOf, onKind } = options
  const run = new EvaluationRun(searcher, await sample(searcher.collection, questions), onKind)
  const { tables, pictures } = searcher.collection
  await run.ask(
    'words → prompts',
    itself,
    ({ prompt }) => text(beginning(prompt)),
    'the beginning of a prompt finds it',
  )
  if (tables.pictures) {
    await run.ask(
      'words → pictures',
      itself,
      ({ prompt }) => ({ ...text(prompt), find: 'pictures' }),
      'a prompt finds its picture',
    )
    await run.askDirectly('picture → prompts', 'a picture finds its prompt, by their likeness alone')
    if ((pictures?.count ?? 0) > 0) await run.askByPicture('picture → pictures', 'cut, mirrored, repacked')
  }
  if (labelOf) await evaluateLabels(run, labelOf, tables.pictures !== undefined)
  return { kinds: run.kinds, latencies: latencies(run.answers), filtered: await evaluateFilter(run) }
}

async function evaluateLabels(
  run: EvaluationRun,
  labelOf: (prompt: string) => string | undefined,
  pictured: boolean,
): Promise<void> {
  const other: Right = (hit, asked) => hit.id !== asked.id && labelOf(hit.prompt) === labelOf(asked.prompt)
  const same: Right = (hit, asked) => labelOf(hit.prompt) === labelOf(asked.prompt)
  const name = ({ prompt }: Sampled) => text(labelOf(prompt) ?? '')
  const labelled = run.only(({ prompt }) => labelOf(prompt) !== undefined)
  await labelled.ask('label → prompts, vector', same, name, 'the label alone, by meaning')
  await labelled.ask(
    'label → prompts, hybrid',
    same,
    (row) => ({ ...name(row), hybrid: true }),
    'the same, with keywords',
  )
  if (!pictured) return
  const like = ({ id }: Sampled, find: 'prompts' | 'pictures'): QuestionInput => ({
    find,
    terms: [{ id, use: 'picture' }],
  })
  await labelled.ask('picture → prompts of its label', other, (row) => like(row, 'prompts'), 'the row itself left out')
  await labelled.ask(
    'picture → pictures of its label',
    other,
    (row) => like(row, 'pictures'),
    'the row itself left out',
  )
}

function text(words: string): QuestionInput {
  return { terms: [{ text: words }] }
}

class EvaluationRun {
  readonly searcher: Searcher
  readonly rows: readonly Sampled[]
  readonly kinds: EvaluatedKind[]
  readonly answers: Answer[]
  readonly #onKind: ((kind: string) => void) | undefined

  constructor(
    searcher: Searcher,
    rows: readonly Sampled[],
    onKind?: (kind: string) => void,
    found: Pick<EvaluationRun, 'kinds' | 'answers'> = { kinds: [], answers: [] },
  ) {
    this.searcher = searcher
    this.rows = rows
    this.kinds = found.kinds
    this.answers = found.answers
    this.#onKind = onKind
  }

  /** The same run over some of its rows. */
  only(holds: (row: Sampled) => boolean): EvaluationRun {
    return new EvaluationRun(this.searcher, this.rows.filter(holds), this.#onKind, this)
  }

  async ask(kind: string, right: Right, question: (row: Sampled) => QuestionInput, note: string): Promise<void> {
    this.#onKind?.(kind)
    const places: number[] = []
    for (const row of this.rows) {
      const answer = await this.searcher.ask({ k: 12, cutoff: false, fold: false, ...question(row) })
      this.answers.push(answer)
      places.push(placeOf(answer.hits, row, right))
    }
    this.#count(kind, places, note)
  }

  /** By the direct route alone: through its neighbours, a picture of the collection finds itself. */
  async askDirectly(kind: string, note: string): Promise<void> {
    this.#onKind?.(kind)
    const places: number[] = []
    for (const { id } of this.rows) {
      const answer = await this.searcher.ask({ terms: [{ id, use: 'picture' }], k: 12, cutoff: false, fold: false })
      this.answers.push(answer)
      const own = answer.hits.find((hit) => hit.id === id)
      places.push(own?.why.find(({ route }) => route === 'picture→prompts')?.rank ?? Number.POSITIVE_INFINITY)
    }
    this.#count(kind, places, note)
  }

  async askByPicture(kind: string, note: string): Promise<void> {
    this.#onKind?.(kind)
    const places: number[] = []
    for (const row of this.rows) {
      const bytes = await this.searcher.collection.pictures?.read(row.id)
      if (!bytes) continue
      const uploads = new Map([['p', await change(bytes)]])
      const question = { find: 'pictures', terms: [{ upload: 'p' }], cutoff: false, fold: false, k: 12 } as const
      const answer = await this.searcher.ask({ ...question, terms: [...question.terms] }, { uploads })
      this.answers.push(answer)
      places.push(placeOf(answer.hits, row, itself))
    }
    this.#count(kind, places, note)
  }

  #count(kind: string, places: readonly number[], note: string): void {
    const share = (most: number) => places.filter((place) => place <= most).length / Math.max(1, places.length)
    this.kinds.push({ kind, questions: places.length, at1: share(1), at10: share(10), note })
  }
}

/** Place of the first right hit among those that could be right; beyond all places where there is none. */
function placeOf(hits: readonly Hit[], asked: Sampled, right: Right): number {
  const counted = right === itself ? hits : hits.filter((hit) => hit.id !== asked.id || right(hit, asked))
  const at = counted.findIndex((hit) => right(hit, asked))
  return at < 0 ? Number.POSITIVE_INFINITY : at + 1
}

async function evaluateFilter({ searcher, rows }: EvaluationRun): Promise<Evaluation['filtered']> {
  const { prompts } = searcher.collection.tables
  if (!prompts) return { questions: 0, full: 0, rows: 0 }
  const filter = { share: 0.01 } as const
  const asked = rows.slice(0, 20)
  let full = 0
  let matching = 0
  for (const { prompt } of asked) {
    const [embedded] = await searcher.collection.encoder.embedTexts([prompt])
    if (!embedded) continue
    const all = await prompts.table.search({ vector: embedded.vector, k: 10_000, filter, columns: [], mode: 'exact' })
    const { hits } = await prompts.table.search({ vector: embedded.vector, k: 10, filter, columns: [] })
    matching = all.hits.length
    if (hits.length === Math.min(10, matching)) full++
  }
  return { questions: asked.length, full, rows: matching }
}

async function sample({ store, tables }: Collection, count: number): Promise<Sampled[]> {
  // Rows with a picture serve for every kind of question.
  const searched = tables.pictures ?? tables.prompts
  if (!searched) return []
  const { table } = searched
  const drawn = await sampleRows({ database: store.database, name: table.name, shape: table.shape }, count, SEED)
  const rows = await rowsById(store, table, { ids: drawn.map(({ id }) => id), columns: ['prompt'] })
  return rows.map(({ id, prompt }) => ({ id: String(id), prompt: String(prompt) }))
}

function latencies(answers: readonly Answer[]): PartLatency[] {
  const parts = ['encode', 'search', 'rows', 'total']
  return parts.map((part) => {
    const times = answers.map(({ timings }) => timings[part] ?? 0)
    return { part, p50: quantile(times, 0.5), p95: quantile(times, 0.95) }
  })
}
