import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError, StoreStateError } from './store-error.ts'
import type { BuildOptions, IndexedTable } from './vector-index.ts'

/**
 * Merges a table into one part: a graph over all rows is searched faster than one a part. The statement's answer may
 * be lost to a time limit on the way while the merge goes on; so its end is looked for, not waited for.
 */
export async function mergeToOnePart(table: IndexedTable, options: BuildOptions): Promise<void> {
  const { signal, interval = 1000 } = options
  const deadline = Date.now() + (options.timeout ?? 6 * 3_600_000)
  for (let parts = await activeParts(table); parts > 1; parts = await activeParts(table)) {
    signal?.throwIfAborted()
    if (Date.now() > deadline)
      throw new StoreStateError(`${table.table} is still in ${parts} parts; merging took too long.`)
    const watching = new AbortController()
    const watch = report(table, { ...options, interval }, watching.signal)
    try {
      await table.database.command(`OPTIMIZE TABLE ${table.table}${table.onCluster} FINAL`, signal ? { signal } : {})
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof StoreError && error.retryable)) throw error
      await sleep(interval, undefined, signal ? { signal } : {})
      while ((await merging(table)) !== undefined && Date.now() < deadline) {
        await sleep(interval, undefined, signal ? { signal } : {})
      }
    } finally {
      watching.abort()
      await watch
    }
  }
  options.progress?.({ phase: 'merge', fraction: 1 })
}

/** Active parts of the table; on a cluster, of the fullest node. */
async function activeParts({ database, table, system }: IndexedTable): Promise<number> {
  const [name, own] = table.split('.')
  const row = await database.row<{ parts: string }>(
    `SELECT max(parts) AS parts FROM (SELECT hostName() AS host, count() AS parts FROM ${system('parts')}
     WHERE database = {database:String} AND table = {table:String} AND active GROUP BY host)`,
    { params: { database: name, table: own } },
  )
  return Number(row?.parts ?? 0)
}

/** Progress of the table's slowest running merge, 0 to 1; undefined where none runs. */
export async function merging({ database, table, system }: IndexedTable): Promise<number | undefined> {
  const [name, own] = table.split('.')
  const row = await database.row<{ progress: number; running: string }>(
    `SELECT min(progress) AS progress, count() AS running FROM ${system('merges')}
     WHERE database = {database:String} AND table = {table:String}`,
    { params: { database: name, table: own } },
  )
  return Number(row?.running ?? 0) > 0 ? Number(row?.progress) : undefined
}

async function report(
  table: IndexedTable,
  { progress, interval = 1000 }: BuildOptions,
  until: AbortSignal,
): Promise<void> {
  if (!progress) return
  while (!until.aborted) {
    await sleep(interval, undefined, { signal: until }).catch(() => undefined)
    if (until.aborted) return
    const fraction = await merging(table).catch(() => undefined)
    if (fraction !== undefined) progress({ phase: 'merge', fraction })
  }
}
