import { condition, type Filter } from './filter.ts'
import { EXACT_SETTINGS } from './hnsw-statement.ts'
import { EXACT_COMPONENTS, indexServes, type MatchingRows } from './matching-rows.ts'
import { checkVector } from './query-vector.ts'
import { StoreUsageError } from './store-error.ts'
import type { TableShape } from './table-kind.ts'
import type { IndexedStatement, IndexedTable, IndexState, VectorIndex } from './vector-index.ts'

/** Which way to search. */
export type SearchMode = 'auto' | 'exact' | 'indexed'

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
   * How hard the index tries: HNSW's ef (16 to 1024) on ClickHouse and the embedded engine, alpha (1 to 4) of MSTG and
   * SCANN on MyScale. Default: 256 (more beyond 100,000 rows), or 3.
   */
  readonly effort?: number
  /** Columns of the answer beside id and distance; default all but the vector. */
  readonly columns?: readonly string[]
  readonly signal?: AbortSignal
}

/** One row of an answer: the columns asked for, and the cosine distance (0 same direction, 2 opposite). */
export interface SearchHit extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly distance: number
}

/** The answer to one question, best first, and how it was found. */
export interface SearchAnswer {
  readonly hits: readonly SearchHit[]
  readonly used: 'index' | 'exact'
  /** Why it was found that way, in words. */
  readonly reason: string
  /** What was asked of the index; undefined for an exact search. */
  readonly effort?: number
}

/** A table as a search sees it. */
export interface SearchTarget {
  readonly table: IndexedTable
  readonly index: VectorIndex
  readonly state: IndexState
  readonly matching: MatchingRows
}

/** The index pays up to here; an answer of more rows is read from a scan. */
const MOST_INDEXED = 1000

/** Answers one question; never with fewer than k rows where k match. */
export async function search(target: SearchTarget, request: SearchRequest): Promise<SearchAnswer> {
  const { table, index } = target
  checkRequest(request, table.dimension, index)
  const exactly = reasonForExact(target, request)
  if (exactly) return { hits: await exactHits(target, request), used: 'exact', reason: exactly }
  const effort = request.effort ?? index.defaultEffort(target.state.rows)
  const { k, filter } = request
  const weighed = filter !== undefined && (request.mode ?? 'auto') === 'auto' && !index.filtersFirst
  const { rows } = target.state
  let matching = weighed ? target.matching.known(filter, rows) : undefined
  for (const widening of index.widenings(k, filter !== undefined)) {
    // Unless the filter is known, asking the index is the cheapest way to find out whether it leaves enough.
    if (matching !== undefined && !indexServes({ matching, rows, dimension: table.dimension, k }, widening)) continue
    const hits = distinct(await run(table, indexedStatement(target, request, widening), request))
    if (hits.length >= k || hits.length >= rows) return { hits, used: 'index', reason: reasonForIndex(target), effort }
    if (weighed) matching ??= await target.matching.count(table, filter, request.signal)
  }
  const reason =
    matching === undefined
      ? `the index found fewer than ${k} rows that match, so all were looked at`
      : `the filter leaves ${matching.toLocaleString('en')} of ${rows.toLocaleString('en')} rows, which are compared sooner than an index finds them`
  return { hits: await exactHits(target, request), used: 'exact', reason }
}

/** The statement that an indexed search would send. */
export function indexedStatement(
  { table, index, state }: SearchTarget,
  request: SearchRequest,
  widening = index.widenings(request.k, request.filter !== undefined)[0] ?? 1,
): IndexedStatement {
  const where = request.filter ? condition(request.filter, table.shape) : undefined
  return index.statement(table, {
    vector: request.vector,
    k: request.k,
    columns: answerColumns(table.shape, request),
    where,
    effort: request.effort ?? index.defaultEffort(state.rows),
    widening,
    definition: state.definition ?? '',
  })
}

function reasonForExact({ table, state, index }: SearchTarget, request: SearchRequest): string | undefined {
  const { mode = 'auto', k } = request
  if (mode === 'exact') return 'asked for'
  if (state.indexedRows === 0) {
    if (mode === 'indexed')
      throw new StoreUsageError(`${table.table} has no index yet; run the build-index stage first.`)
    return state.status === 'building' ? 'the index is being built' : 'there is no index'
  }
  if (k > MOST_INDEXED) return `an ${index.type} index answers up to ${MOST_INDEXED} rows`
  const components = state.rows * table.dimension
  if (mode === 'auto' && request.effort === undefined && components <= EXACT_COMPONENTS) {
    return `${state.rows.toLocaleString('en')} rows are scanned as fast as an index is asked`
  }
  return undefined
}

function reasonForIndex({ state, index }: SearchTarget): string {
  const loose = state.rows - state.indexedRows
  if (loose === 0) return `${index.type} index over all rows`
  return `${index.type} index; ${loose.toLocaleString('en')} newer rows were looked at exactly`
}

async function exactHits({ table, index }: SearchTarget, request: SearchRequest): Promise<SearchHit[]> {
  const vector = index.bound(request.vector)
  const where = request.filter ? condition(request.filter, table.shape) : undefined
  const sql = `SELECT ${answerColumns(table.shape, request).join(', ')},
  cosineDistance(${table.shape.vector}, ${vector.sql}) AS distance
FROM ${table.asked}${where ? ` WHERE ${where.sql}` : ''} ORDER BY distance, id LIMIT {k:UInt32}`
  const params = { ...where?.params, ...vector.params, k: request.k }
  return distinct(await run(table, { sql, params, settings: { ...EXACT_SETTINGS, ...index.searchSettings } }, request))
}

async function run(table: IndexedTable, statement: IndexedStatement, request: SearchRequest): Promise<SearchHit[]> {
  const { sql, params, settings } = statement
  const rows = await table.database.rows<SearchHit>(sql, {
    params,
    settings,
    ...(request.signal ? { signal: request.signal } : {}),
  })
  return rows.map(tidy)
}

/** While a shard is replaced its rows are there twice for a moment; the better one counts. */
function distinct(hits: readonly SearchHit[]): SearchHit[] {
  const ids = new Set<string>()
  return hits.filter(({ id }) => !ids.has(id) && ids.add(id))
}

/** Integers of 64 bits arrive as strings. */
function tidy(row: SearchHit): SearchHit {
  const { width, height } = row as { width?: unknown; height?: unknown }
  return {
    ...row,
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(height === undefined ? {} : { height: Number(height) }),
    distance: Number(row.distance),
  }
}

function answerColumns(shape: TableShape, request: SearchRequest): string[] {
  const there = [...shape.columns, 'shard', 'run', 'created']
  const columns = request.columns ?? shape.columns.filter((name) => name !== shape.vector)
  for (const name of columns) {
    if (!there.includes(name)) {
      throw new StoreUsageError(`The ${shape.kind} table has no column "${name}"; it has ${there.join(', ')}.`)
    }
  }
  return ['id', ...columns.filter((name) => name !== 'id')]
}

function checkRequest(request: SearchRequest, dimension: number, { effort: range }: VectorIndex): void {
  checkVector(request.vector, dimension)
  const { k, effort } = request
  if (!Number.isInteger(k) || k < 1 || k > 10_000) {
    throw new StoreUsageError(`k is ${k}; it must be a whole number from 1 to 10,000.`)
  }
  if (effort !== undefined && !(effort >= range.least && effort <= range.most)) {
    throw new StoreUsageError(
      `The effort ${effort} is out of range; ${range.name} goes from ${range.least} to ${range.most}.`,
    )
  }
}
