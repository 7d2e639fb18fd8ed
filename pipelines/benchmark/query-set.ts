import type { TrueNeighbours } from './recall.ts'
import type { TargetTable } from './target.ts'

/** One question of a query set. */
export interface Query {
  /** Id of the row it was made from, or the question's text. */
  readonly id: string
  /** Id of the row that does not count as an answer, because it is the question itself; empty: every row counts. */
  readonly exclude: string
  readonly vector: Float32Array
}

/** Questions, and the exact answer to each. */
export interface GroundTruth {
  readonly queries: readonly Query[]
  /** By the share of rows that a filter lets through (1: no filter): one exact answer a question, in order. */
  readonly answers: ReadonlyMap<number, readonly TrueNeighbours[]>
}

/** What decides a ground truth. */
export interface TruthRequest {
  readonly table: TargetTable
  readonly queries: readonly Query[]
  /** Rows of each exact answer; at least the longest answer that will be judged. */
  readonly depth: number
  /** Shares of rows that filters let through, without 1. */
  readonly filters: readonly number[]
  readonly signal?: AbortSignal
  readonly progress?: (queries: number) => void
}

/** Questions answered in one scan of the table. */
const BATCH = 32

/** Answers every question exactly, without a filter and with each. Rows that are questions are left out of their own answers. */
export async function groundTruth(request: TruthRequest): Promise<GroundTruth> {
  const { table, queries, depth, filters, signal, progress } = request
  const shares = [1, ...filters]
  const answers = new Map<number, TrueNeighbours[]>(shares.map((share) => [share, []]))
  for (let first = 0; first < queries.length; first += BATCH) {
    const batch = queries.slice(first, first + BATCH)
    for (const share of shares) {
      signal?.throwIfAborted()
      const own = batch.some(({ exclude }) => exclude !== '') ? 1 : 0
      const found = await table.nearest(
        batch.map(({ vector }) => vector),
        depth + own,
        share,
      )
      answers.get(share)?.push(...found.map((one, index) => without(one, batch[index]?.exclude ?? '', depth)))
    }
    progress?.(Math.min(first + BATCH, queries.length))
  }
  return { queries, answers }
}

/** The exact answer less one row, cut to `depth` rows. */
export function without(answer: TrueNeighbours, exclude: string, depth: number): TrueNeighbours {
  const kept = answer.ids.flatMap((id, index) => (id === exclude ? [] : [index])).slice(0, depth)
  return {
    ids: kept.map((index) => answer.ids[index] as string),
    distances: Float32Array.from(kept, (index) => answer.distances[index] as number),
  }
}

/** Questions made from rows of a table; `excluded` where they are searched for in that same table. */
export function rowQueries(
  rows: readonly { readonly id: string; readonly vector: Float32Array }[],
  { excluded }: { excluded: boolean },
): Query[] {
  return rows.map(({ id, vector }) => ({ id, vector, exclude: excluded ? id : '' }))
}
