import { condition, type Filter } from './filter.ts'
import { GRANULE_ROWS } from './table-kind.ts'
import type { IndexedTable } from './vector-index.ts'

/**
 * Components (rows × dimension) up to which scanning all of them is as fast as asking the index, give or take 2 ms,
 * and finds everything. Measured on two cores: both take 3 ms to be asked at all, a scan 0.65 ms more for each 1,000
 * rows of 512, the index 1.5 ms more.
 */
export const EXACT_COMPONENTS = 2_500_000

/** An index is asked for so many times the rows wanted as should match, so that few answers come up short. */
const MARGIN = 2

/**
 * Rows of 512 that are compared in the time that one candidate takes beyond the first thousand: its place in the graph,
 * its block on disk, its ranking. Measured at 900,000 rows: 45 µs of processor time a candidate, 2.2 µs a row.
 */
const ROWS_PER_CANDIDATE = 20
/** Candidates whose cost `EXACT_COMPONENTS` has in it. */
const FREE_CANDIDATES = 1000

/**
 * How many rows each filter lets through: counted once a filter, and again when the table has more or fewer rows. A
 * count that is out of date costs time, never an answer.
 */
export class MatchingRows {
  readonly #counts = new Map<string, number>()
  #rows = 0

  /** The count as far as it is known for a table of so many rows. */
  known(filter: Filter, rows: number): number | undefined {
    if (rows !== this.#rows) this.#counts.clear()
    this.#rows = rows
    return this.#counts.get(JSON.stringify(filter))
  }

  /** Counts, and remembers it. */
  async count({ database, asked, shape }: IndexedTable, filter: Filter, signal?: AbortSignal): Promise<number> {
    const where = condition(filter, shape)
    const row = await database.row<{ matching: string }>(
      `SELECT count() AS matching FROM ${asked} WHERE ${where.sql}`,
      {
        params: where.params,
        ...(signal ? { signal } : {}),
      },
    )
    const matching = Number(row?.matching ?? 0)
    this.#counts.set(JSON.stringify(filter), matching)
    return matching
  }
}

/** A search among the rows that a filter lets through. */
export interface FilteredSearch {
  readonly matching: number
  /** Rows of the table. */
  readonly rows: number
  readonly dimension: number
  /** Rows wanted. */
  readonly k: number
}

/**
 * Whether an index that gives `widening` times k candidates, of which the filter then takes its share, answers better
 * than comparing all rows that match. Those are read by whole granules: of a filter of 1 %, 15 % of the table.
 */
export function indexServes({ matching, rows, dimension, k }: FilteredSearch, widening: number): boolean {
  const share = rows === 0 ? 0 : matching / rows
  const read = rows * (1 - (1 - Math.min(1, share)) ** GRANULE_ROWS)
  const candidates = Math.max(0, widening * k - FREE_CANDIDATES)
  return read * dimension > EXACT_COMPONENTS && read > candidates * ROWS_PER_CANDIDATE && widening * share >= MARGIN
}
