import { LoadWatch } from '../measurement/machine.ts'
import type { Cell } from './cell.ts'
import { recallInterval } from './interval.ts'
import { summarize } from './latency.ts'
import type { GroundTruth, Query } from './query-set.ts'
import { judge, type Score, type TrueNeighbours, unlisted } from './recall.ts'
import type { CellReport } from './report/schema.ts'
import type { Answered } from './round.ts'
import type { Counters, Proof, TargetTable } from './target.ts'

/** Gathers what is measured of one setting over all rounds, and what speaks against it. */
export class CellResult {
  readonly cell: Cell
  readonly load = new LoadWatch()
  readonly #answered: Answered[] = []
  #milliseconds = 0
  #searches = 0
  #visited = 0
  #evidence = ''
  #doubt: string | undefined

  constructor(cell: Cell) {
    this.cell = cell
  }

  add(answered: readonly Answered[], milliseconds: number): void {
    this.#answered.push(...answered)
    this.#milliseconds += milliseconds
  }

  /** The engine's word, before, between or after the rounds; once in doubt, always in doubt. */
  witness({ usesIndex, evidence }: Proof): void {
    this.#evidence ||= evidence
    const { effort } = this.cell
    if (typeof effort === 'number' && !usesIndex)
      this.doubt(`the engine says that it did not use the index (${evidence})`)
    if (effort === 'exact' && usesIndex)
      this.doubt(`the engine says that it used the index for an exact search (${evidence})`)
  }

  /** What the engine counted during one round. On a server others are counted too, so that only too little is telling. */
  count({ indexSearches, visited, cacheHits }: Counters, answers: number, alone: boolean): void {
    this.#searches += indexSearches
    this.#visited += visited
    const { effort } = this.cell
    if (typeof effort === 'number' && indexSearches < answers) {
      this.doubt(`the engine counted ${indexSearches} searches of the index for ${answers} answers`)
    }
    if (!alone) return
    if (effort === 'exact' && indexSearches > 0) {
      this.doubt(`the engine counted ${indexSearches} searches of the index during exact search`)
    }
    if (cacheHits > 0) this.doubt(`the engine counted ${cacheHits} answers from its cache of results`)
  }

  /** Withholds the figures; the first reason stays. */
  doubt(reason: string): void {
    this.#doubt ??= reason
  }

  /** Judges all answers and sums up. Distances of rows that the truth does not list are measured anew. */
  async report({ table, truth, tolerance }: Judgement): Promise<CellReport> {
    const { cell } = this
    const byScan = this.#answered.filter(({ used }) => used === 'exact').length
    if (typeof cell.effort === 'number' && byScan > 0) {
      this.doubt(`${byScan} of ${this.#answered.length} answers came from exact search, not from the index`)
    }
    if (this.#answered.length === 0) this.doubt('no question was answered')
    const scores = await this.#scores(table, truth, tolerance)
    const sum = (of: (score: Score) => number) => scores.reduce((all, score) => all + of(score), 0)
    const counts = {
      short: scores.filter(({ short }) => short > 0).length,
      duplicates: sum(({ duplicates }) => duplicates),
      foreign: sum(({ foreign }) => foreign),
    }
    const byIndex = 1 - byScan / Math.max(1, this.#answered.length)
    const shared = {
      ...cell,
      byIndex,
      visited: this.#searches > 0 ? Math.round(this.#visited / this.#searches) : null,
      asked: scores.length,
      evidence: this.#evidence,
      ...counts,
      load: this.load.facts(),
    }
    if (this.#doubt !== undefined) {
      return { ...shared, withheld: this.#doubt, recall: null, strict: null, latency: null, qps: null }
    }
    return {
      ...shared,
      withheld: null,
      recall: recallInterval(
        scores.map(({ recall }) => recall),
        cell.k,
      ),
      strict: sum(({ strict }) => strict) / scores.length,
      latency: summarize(this.#answered.map(({ milliseconds }) => milliseconds)) ?? null,
      qps: this.#answered.length / (this.#milliseconds / 1000),
    }
  }

  async #scores(table: TargetTable, truth: GroundTruth, tolerance: number): Promise<Score[]> {
    const { k, share } = this.cell
    const scores: Score[] = []
    for (const { query, ids } of this.#answered) {
      const exact = truth.answers.get(share)?.[query] as TrueNeighbours
      const strangers = unlisted(ids, exact, k)
      const vector = (truth.queries[query] as Query).vector
      const measured = strangers.length > 0 ? await table.distances(vector, strangers, share) : new Map()
      scores.push(judge(ids, exact, { k, tolerance, measured }))
    }
    return scores
  }
}

/** What answers are judged by. */
export interface Judgement {
  readonly table: TargetTable
  readonly truth: GroundTruth
  readonly tolerance: number
}
