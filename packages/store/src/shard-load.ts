import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'
import { quote } from './embedded-engine.ts'
import { StoreError, StoreStateError } from './store-error.ts'
import { structure, type TableShape } from './table-kind.ts'

/** One Parquet file to load: the rows of one shard. */
export interface ShardFile {
  /** Absolute path; its columns are those of the table's shape. */
  readonly path: string
  readonly shard: string
  /** SHA-256 of the file: what the table's rows of this shard are compared with. */
  readonly digest: string
  readonly rows: number
  /** The run that loads it, kept with each row. */
  readonly run: string
  readonly signal?: AbortSignal
}

/** How many rows of one shard a table holds, by the digest of the file they came from. */
export type ShardRows = ReadonlyMap<string, number>

/** Where shards are loaded to. */
export interface LoadTarget {
  readonly database: Database
  /** The table that rows are written to and read from. */
  readonly table: string
  /** The table that holds them, where deletes go. */
  readonly stored: { readonly table: string; readonly onCluster: string }
  readonly shape: TableShape
  /** True where the engine can read the file itself. */
  readonly local: boolean
  /** Sent with each INSERT. */
  readonly settings: Readonly<Record<string, string | number>>
  /** Milliseconds before the first retry; doubles with each. */
  readonly backoff: number
}

const ATTEMPTS = 6

/**
 * Makes the table hold exactly the file's rows for that shard. Rows that are there already stay; new ones go in before
 * those of an older file go out. An insert whose answer was lost is looked for before it is tried again.
 */
export async function loadShard(target: LoadTarget, file: ShardFile): Promise<'loaded' | 'present'> {
  const before = await shardRows(target, file.shard)
  const present = before.get(file.digest) === file.rows
  if (!present) {
    if (before.has(file.digest)) await deleteRows(target, file.shard, { only: file.digest })
    await insertUntilThere(target, file)
  }
  if ([...before.keys()].some((digest) => digest !== file.digest)) {
    await deleteRows(target, file.shard, { except: file.digest })
  }
  return present ? 'present' : 'loaded'
}

/** Rows of one shard in the table, by digest. */
export async function shardRows({ database, table }: LoadTarget, shard: string): Promise<ShardRows> {
  const rows = await database.rows<{ digest: string; rows: string | number }>(
    `SELECT shard_digest AS digest, count() AS rows FROM ${table} WHERE shard = {shard:String} GROUP BY digest`,
    { params: { shard } },
  )
  return new Map(rows.map((row) => [row.digest, Number(row.rows)]))
}

/** Deletes rows of one shard: all, only those of one file, or all but those. */
export async function deleteRows(
  { database, stored }: LoadTarget,
  shard: string,
  which: { only?: string; except?: string } = {},
): Promise<void> {
  const [compare, digest] = which.only !== undefined ? ['=', which.only] : ['!=', which.except ?? '']
  await database.command(
    `DELETE FROM ${stored.table}${stored.onCluster} WHERE shard = {shard:String} AND shard_digest ${compare} {digest:String}`,
    { params: { shard, digest }, settings: { mutations_sync: '1' } },
  )
}

async function insertUntilThere(target: LoadTarget, file: ShardFile): Promise<void> {
  let token = newToken(file)
  for (let attempt = 1; ; attempt++) {
    const queryId = randomUUID()
    const failure = await insertOnce(target, file, { token, queryId })
    const there = await settledRows(target, file, failure && queryId)
    if (there === file.rows) return
    if (there > 0) {
      await deleteRows(target, file.shard, { only: file.digest })
      token = newToken(file)
    }
    if (!failure) throw incomplete(target, file, there)
    if (!failure.retryable || attempt === ATTEMPTS) throw failure
    await sleep(target.backoff * 2 ** (attempt - 1), undefined, file.signal ? { signal: file.signal } : {})
  }
}

/** One INSERT; answers with its failure instead of throwing it, since the rows may be there all the same. */
async function insertOnce(
  target: LoadTarget,
  file: ShardFile,
  { token, queryId }: { token: string; queryId: string },
): Promise<StoreError | undefined> {
  const { database, table, shape, local } = target
  const columns = shape.columns.join(', ')
  const types = structure(shape.columns)
  const source = local ? `file(${quote(file.path)}, 'Parquet', ${quote(types)})` : `input(${quote(types)})`
  const sql = `INSERT INTO ${table} (${columns}, shard, shard_digest, run)
    SELECT ${columns}, {shard:String}, {digest:String}, {run:String} FROM ${source}`
  const options = {
    params: { shard: file.shard, digest: file.digest, run: file.run },
    settings: { ...target.settings, insert_deduplication_token: token, async_insert: 0 as const },
    queryId,
    ...(file.signal ? { signal: file.signal } : {}),
  }
  try {
    if (local) await database.command(sql, options)
    else await database.send(`${sql} FORMAT Parquet`, createReadStream(file.path), options)
    return undefined
  } catch (error) {
    file.signal?.throwIfAborted()
    if (error instanceof StoreError) return error
    throw error
  }
}

/** Rows of the file in the table, once nothing of a failed INSERT is still running. */
async function settledRows(target: LoadTarget, file: ShardFile, failed: string | undefined): Promise<number> {
  if (failed && !target.local) await endStatement(target, failed)
  return (await shardRows(target, file.shard)).get(file.digest) ?? 0
}

/** Kills a statement whose answer was lost, and waits until the server no longer lists it. */
async function endStatement({ database, stored }: LoadTarget, queryId: string): Promise<void> {
  const params = { id: queryId }
  // Without the privilege to kill, it ends by itself.
  await database
    .command(`KILL QUERY${stored.onCluster} WHERE query_id = {id:String} ASYNC`, { params })
    .catch((error) => (error instanceof StoreError ? undefined : Promise.reject(error)))
  for (let look = 0; look < 240; look++) {
    const row = await database.row<{ running: string | number }>(
      'SELECT count() AS running FROM system.processes WHERE query_id = {id:String}',
      { params },
    )
    if (Number(row?.running) === 0) return
    await sleep(250)
  }
}

/**
 * The same token makes a repeated block a no-op; it is new after rows were deleted, or the engine would take the
 * repetition for the block that is gone.
 */
function newToken(file: ShardFile): string {
  return `${file.shard}-${file.digest.slice(0, 16)}-${randomUUID()}`
}

function incomplete({ table }: LoadTarget, file: ShardFile, there: number): StoreStateError {
  return new StoreStateError(
    `${file.path} should bring ${file.rows} rows into ${table}, but ${there} arrived; they were taken out again. Check the file, then run again.`,
  )
}
