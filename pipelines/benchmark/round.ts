import type { Cell } from './cell.ts'
import type { Query } from './query-set.ts'
import type { TargetTable } from './target.ts'

/** One question asked, and what came back. */
export interface Answered {
  /** Place of the question in the query set. */
  readonly query: number
  /** Without the row that was the question. */
  readonly ids: readonly string[]
  readonly milliseconds: number
  readonly used: 'index' | 'exact'
}

/** Questions for one setting, and how long they may take. */
export interface Round {
  readonly table: TargetTable
  readonly cell: Cell
  readonly queries: readonly Query[]
  /** Places in the query set, in the order of asking. */
  readonly places: readonly number[]
  /** No question is asked after so many milliseconds. */
  readonly budget: number
  /** Distinguishes one asking of the same question from another. */
  readonly pass: number
  readonly signal?: AbortSignal
}

/**
 * Asks questions in a closed loop: each of the setting's clients asks its next question when the last was answered.
 * Judging is left for later, so that only the answers are timed.
 */
export async function askRound(round: Round): Promise<{ answered: Answered[]; milliseconds: number }> {
  const { table, cell, queries, places, budget, pass, signal } = round
  const answered: Answered[] = []
  const started = performance.now()
  let next = 0
  const client = async () => {
    while (next < places.length && performance.now() - started < budget) {
      signal?.throwIfAborted()
      const place = places[next++] as number
      const query = queries[place] as Query
      const vector = nudged(query.vector, pass)
      const extra = query.exclude === '' ? 0 : 1
      const asked = performance.now()
      const { ids, used } = await table.search({ vector, k: cell.k + extra, effort: cell.effort, share: cell.share })
      const milliseconds = performance.now() - asked
      answered.push({ query: place, ids: own(ids, query, cell.k), milliseconds, used })
    }
  }
  await Promise.all(Array.from({ length: cell.clients }, client))
  return { answered, milliseconds: performance.now() - started }
}

/**
 * The same direction in other bytes: scaled by a little more than 1, a different amount for each pass. Cosine distance
 * does not see it, but whatever keeps answers by question cannot answer the second asking with the first one's rows.
 */
function nudged(vector: Float32Array, pass: number): Float32Array {
  const factor = 1 + (pass + 1) * 2 ** -16
  return vector.map((one) => one * factor)
}

/** The answer less the question's own row: k + 1 rows were asked for to have k others. */
function own(ids: readonly string[], { exclude }: Query, k: number): readonly string[] {
  return exclude === '' ? ids : ids.filter((id) => id !== exclude).slice(0, k)
}
