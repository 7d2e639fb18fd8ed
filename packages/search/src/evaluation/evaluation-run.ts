import type { Hit } from '../answer.ts'
import { change } from '../calibration/known-pairs.ts'
import type { QuestionInput } from '../question.ts'
import type { Searcher } from '../searcher.ts'
import { chance } from './chance.ts'
import type { EvaluatedRow } from './evaluated-rows.ts'

/** What one kind of question came to. */
export interface EvaluatedKind {
  readonly kind: string
  readonly questions: number
  /** Share of questions whose right row (or a row of the right label) is first, or among the first ten. */
  readonly at1: number
  readonly at10: number
  /** Share of questions of which a random order would have a right row among the first ten. */
  readonly chance10: number
  /** Where many rows are right: the share of the first ten that are, on average, and of all rows, which is chance. */
  readonly precision10?: { readonly found: number; readonly chance: number }
  readonly note: string
}

/** Whether a hit is an answer to what was asked with a row. */
export type Right = (hit: Pick<Hit, 'id' | 'prompt'>, asked: EvaluatedRow) => boolean

/** The row that was asked with, and nothing else. */
export const itself: Right = ({ id }, asked) => id === asked.id

/** One kind of question. */
export interface AskedKind {
  readonly kind: string
  readonly note: string
  readonly right: Right
  /** How many rows of the table are right; default 1. */
  readonly rightRows?: (row: EvaluatedRow) => number
  readonly question: (row: EvaluatedRow) => QuestionInput
}

/** Hits that are asked for: ten, and what may be left out of them. */
const ASKED = 12
const OPEN = { k: ASKED, cutoff: false, fold: false } as const

/** Asks kinds of question, each with the same rows, and counts how often the answer is right. */
export class EvaluationRun {
  readonly searcher: Searcher
  readonly rows: readonly EvaluatedRow[]
  readonly kinds: EvaluatedKind[]
  readonly #onKind: (kind: string) => void

  constructor(
    searcher: Searcher,
    rows: readonly EvaluatedRow[],
    { onKind = () => {}, kinds = [] }: { onKind?: ((kind: string) => void) | undefined; kinds?: EvaluatedKind[] } = {},
  ) {
    this.searcher = searcher
    this.rows = rows
    this.kinds = kinds
    this.#onKind = onKind
  }

  /** The same run over some of its rows. */
  only(holds: (row: EvaluatedRow) => boolean): EvaluationRun {
    return new EvaluationRun(this.searcher, this.rows.filter(holds), { onKind: this.#onKind, kinds: this.kinds })
  }

  /** Asks one question for each row. */
  async ask(kind: AskedKind): Promise<void> {
    this.#onKind(kind.kind)
    const [places, shares]: [number[], number[]] = [[], []]
    for (const row of this.rows) {
      const { hits } = await this.searcher.ask({ ...OPEN, ...kind.question(row) })
      places.push(placeOf(hits, row, kind.right))
      shares.push(shareOf(hits, row, kind.right))
    }
    this.#count(kind, { places, asked: this.rows, ...(kind.rightRows ? { shares } : {}) })
  }

  /** Asks for each row's prompt with its picture, by the direct route: by its neighbours it would find itself. */
  async askDirectly(kind: Pick<AskedKind, 'kind' | 'note'>): Promise<void> {
    this.#onKind(kind.kind)
    const places: number[] = []
    for (const { id } of this.rows) {
      const { hits } = await this.searcher.ask({ ...OPEN, terms: [{ id, use: 'picture' }] })
      const own = hits.find((hit) => hit.id === id)
      places.push(own?.why.find(({ route }) => route === 'picture→prompts')?.rank ?? Number.POSITIVE_INFINITY)
    }
    this.#count(kind, { places, asked: this.rows })
  }

  /** Asks for each row's picture with a changed copy of it; rows whose picture is not at hand are left out. */
  async askByChangedPicture(kind: Pick<AskedKind, 'kind' | 'note'>): Promise<void> {
    this.#onKind(kind.kind)
    const [places, asked]: [number[], EvaluatedRow[]] = [[], []]
    for (const row of this.rows) {
      const bytes = await this.searcher.collection.pictures?.read(row.id)
      if (!bytes) continue
      const uploads = new Map([['p', await change(bytes)]])
      const { hits } = await this.searcher.ask({ ...OPEN, find: 'pictures', terms: [{ upload: 'p' }] }, { uploads })
      places.push(placeOf(hits, row, itself))
      asked.push(row)
    }
    this.#count(kind, { places, asked })
  }

  #count(
    { kind, note, rightRows = () => 1 }: Pick<AskedKind, 'kind' | 'note' | 'rightRows'>,
    {
      places,
      asked,
      shares,
    }: { places: readonly number[]; asked: readonly EvaluatedRow[]; shares?: readonly number[] },
  ): void {
    const { prompts, pictures } = this.searcher.collection.tables
    const rows = (pictures ?? prompts)?.rows ?? 0
    const within = (most: number) => mean(places.map((place) => (place <= most ? 1 : 0)))
    const chance10 = mean(asked.map((row) => chance(rightRows(row), { k: 10, rows })))
    const chanceShare = mean(asked.map((row) => rightRows(row) / Math.max(1, rows)))
    const precision10 = shares && { found: mean(shares), chance: chanceShare }
    const found = { questions: places.length, at1: within(1), at10: within(10), chance10, note }
    this.kinds.push({ kind, ...found, ...(precision10 ? { precision10 } : {}) })
  }
}

/** Place of the first right hit among those that could be right; beyond all places where there is none. */
function placeOf(hits: readonly Hit[], asked: EvaluatedRow, right: Right): number {
  const at = countedOf(hits, asked, right).findIndex((hit) => right(hit, asked))
  return at < 0 ? Number.POSITIVE_INFINITY : at + 1
}

/** Share of the first ten hits that are right. */
function shareOf(hits: readonly Hit[], asked: EvaluatedRow, right: Right): number {
  const first = countedOf(hits, asked, right).slice(0, 10)
  return first.filter((hit) => right(hit, asked)).length / Math.max(1, first.length)
}

function countedOf(hits: readonly Hit[], asked: EvaluatedRow, right: Right): readonly Hit[] {
  return right === itself ? hits : hits.filter((hit) => hit.id !== asked.id || right(hit, asked))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
