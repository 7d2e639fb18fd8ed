import type { Database } from './database.ts'
import { condition, type Filter } from './filter.ts'
import { checkVector, vectorParameter } from './query-vector.ts'
import { StoreUsageError } from './store-error.ts'
import type { TableShape } from './table-kind.ts'

/** One question to a table. */
export interface SearchRequest {
  /** As long as the table's dimension; need not be of unit length. */
  readonly vector: ArrayLike<number>
  /** Rows wanted, 1 to 10,000. */
  readonly k: number
  readonly filter?: Filter
  /** `auto` (default): by the index where that is faster at equal recall, exactly where it isn't. */
  readonly mode?: SearchMode
  /**
   * How hard the index tries: HNSW's ef (16 to 1024) on ClickHouse and the embedded engine, MSTG's and SCANN's alpha
   * (1 to 4) on MyScale. Default: the dialect's.
   */
  readonly effort?: number
  /** Columns of the answer; default all but the vector. */
  readonly columns?: readonly string[]
  readonly signal?: AbortSignal
}

/** Which way to search. */
export type SearchMode = 'auto' | 'exact' | 'indexed'

/** One row of an answer, best first: the columns asked for, and the cosine distance (0 same direction, 2 opposite). */
export interface SearchHit extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly distance: number
}

/** The answer to one question, and how it was found. */
export interface SearchAnswer {
  readonly hits: readonly SearchHit[]
  readonly used: 'index' | 'exact'
  /** Why it was found that way, in words. */
  readonly reason: string
}

/** The table a question goes to. */
export interface SearchTarget {
  readonly database: Database
  readonly table: string
  readonly shape: TableShape
  readonly dimension: number
}

/** Exact search: every row's distance is computed. */
export async function searchExactly(target: SearchTarget, request: SearchRequest): Promise<SearchHit[]> {
  const { shape, table, database, dimension } = target
  checkVector(request.vector, dimension)
  if (!Number.isInteger(request.k) || request.k < 1 || request.k > 10_000) {
    throw new StoreUsageError(`k is ${request.k}; it must be a whole number from 1 to 10,000.`)
  }
  const columns = request.columns ?? shape.columns.filter((name) => name !== shape.vector)
  const where = request.filter ? condition(request.filter, shape) : undefined
  const rows = await database.rows<SearchHit>(
    `SELECT ${['id', ...columns.filter((name) => name !== 'id')].join(', ')},
       cosineDistance(${shape.vector}, {q:Array(Float32)}) AS distance
     FROM ${table} ${where ? `WHERE ${where.sql}` : ''}
     ORDER BY distance LIMIT {k:UInt32}`,
    {
      params: { ...where?.params, q: vectorParameter(request.vector), k: request.k },
      settings: { use_skip_indexes: 0 },
      ...(request.signal ? { signal: request.signal } : {}),
    },
  )
  return rows.map(tidy)
}

/** Whole numbers arrive as strings where the engine quotes 64 bits. */
function tidy(row: SearchHit): SearchHit {
  const { width, height } = row as { width?: unknown; height?: unknown }
  return {
    ...row,
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(height === undefined ? {} : { height: Number(height) }),
    distance: Number(row.distance),
  }
}
