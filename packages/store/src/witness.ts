import type { Database } from './database.ts'
import type { OracleTable } from './oracle.ts'
import { StatementError } from './store-error.ts'

/** What the engine has counted since it started, for all of its clients together. */
export interface EngineCounters {
  /** Times that an HNSW graph was searched: once a question and indexed part. */
  readonly indexSearches: number
  /** Nodes that those searches looked at. */
  readonly visited: number
  /** Answers that came from a cache of results. */
  readonly cacheHits: number
}

/** What an index takes up. */
export interface IndexFootprint {
  readonly diskBytes: number | null
  /** Bytes of all vector indexes that the engine has in memory right now. */
  readonly memoryBytes: number | null
}

/**
 * The engine's profile events (`system.events`); undefined where it has no such counters: MyScale's are its own, and
 * no user may be allowed to read them.
 */
export async function engineCounters(database: Database): Promise<EngineCounters | undefined> {
  type Row = { event: string; value: string | number }
  const rows = await allowed(() =>
    database.rows<Row>(
      `SELECT event, value FROM system.events
       WHERE event IN ('USearchSearchCount', 'USearchSearchVisitedMembers', 'QueryCacheHits')`,
    ),
  )
  if (!rows) return undefined
  const counts = new Map(rows.map(({ event, value }) => [event, Number(value)]))
  // An event is listed once it has happened; an engine that never built or searched a graph may lack them altogether.
  return {
    indexSearches: counts.get('USearchSearchCount') ?? 0,
    visited: counts.get('USearchSearchVisitedMembers') ?? 0,
    cacheHits: counts.get('QueryCacheHits') ?? 0,
  }
}

/** Disk and memory of a table's vector index, as far as the engine tells. */
export async function indexFootprint({ database, name, shape }: OracleTable): Promise<IndexFootprint> {
  const [schema, table] = name.split('.')
  const disk = await allowed(() =>
    database.row<{ bytes: string }>(
      `SELECT data_compressed_bytes AS bytes FROM system.data_skipping_indices
       WHERE database = {schema:String} AND table = {table:String} AND name = {name:String}`,
      { params: { schema, table, name: `${shape.vector}_index` } },
    ),
  )
  const memory = await allowed(() =>
    database.row<{ bytes: string }>(
      `SELECT value AS bytes FROM system.metrics WHERE metric = 'VectorSimilarityIndexCacheBytes'`,
    ),
  )
  return { diskBytes: disk ? Number(disk.bytes) : null, memoryBytes: memory ? Number(memory.bytes) : null }
}

/** Caches of ClickHouse 26.7 that a search can be answered from; older versions lack some. */
const CACHES = ['VECTOR SIMILARITY INDEX', 'MARK', 'UNCOMPRESSED', 'INDEX MARK', 'INDEX UNCOMPRESSED', 'QUERY']

/** Empties the engine's caches; false where it may not, or has no cache of vector indexes to empty. */
export async function dropEngineCaches(database: Database): Promise<boolean> {
  let emptied = false
  for (const cache of CACHES) {
    const done = await allowed(async () => {
      await database.command(`SYSTEM DROP ${cache} CACHE`)
      return true
    })
    emptied ||= done === true && cache === CACHES[0]
  }
  return emptied
}

/** What a statement answers; undefined where the server refuses it: it knows no such thing, or the user may not. */
async function allowed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StatementError && !error.retryable) return undefined
    throw error
  }
}
