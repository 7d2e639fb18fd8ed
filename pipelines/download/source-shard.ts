import { stat } from 'node:fs/promises'
import { writeTable } from '@promptloom/dataset/table-writer'
import { unpack } from '@promptloom/dataset/unpack'
import type { Json, ShardContext, ShardResult } from '@promptloom/runner/stage'
import type { Acquired, Acquisition } from './acquisition.ts'
import { DownloadError } from './download-error.ts'
import type { DownloadOptions } from './options.ts'
import { type Layout, scanSource } from './scan.ts'

/** Columns of `source.repeats.parquet`: rows, from 0, whose id an earlier usable row has, and that row. */
export const REPEATS_SCHEMA = { row: 'uint32', first: 'uint32' } as const

/** Acquires the source, unpacks it to `source.csv`, and finds where each shard's rows lie in it. */
export async function processSource(
  acquisition: Acquisition,
  context: ShardContext<DownloadOptions>,
): Promise<ShardResult> {
  const { options, signal, log } = context
  const csv = context.write('csv')
  const acquired = await context.time('acquire', () => acquisition.acquire(reported(context)))
  const { name } = acquired
  const entry = options.entry ?? acquired.entry
  const unpacked = await context.time('unpack', () =>
    unpack(acquired.path, csv, { signal, ...(entry === undefined ? {} : { entry }) }),
  )
  await acquisition.confirm?.()
  const bytes = (await stat(csv)).size
  checkBytes(acquired, [bytes, (await stat(acquired.path)).size])
  const { layout, repeats } = await context.time('scan', () => scanSource(csv, { options, name, signal }))
  checkRows(layout.rows, options.expectRows ?? 'any', name)
  warnOfRows(layout.rows, acquired, context)
  if (typeof acquired.facts.licence === 'string')
    log.warn(`${name} comes under the licence "${acquired.facts.licence}".`)
  if (repeats.row.length > 0) await writeTable(context.write('repeats.parquet'), REPEATS_SCHEMA, repeats)
  const facts = { source: name, packing: unpacked.packing, bytes, repeated: repeats.row.length, ...acquired.facts }
  log.info('source scanned', { ...facts, rows: layout.rows, shards: layout.shards.length })
  return { outcomes: {}, facts: { ...facts, layout: layout as unknown as Json } }
}

/** A log line every ten percent, or every 100 MB where the total is unknown. */
function reported({ log }: ShardContext<DownloadOptions>): (bytes: number, total?: number) => void {
  let next = 0
  return (bytes, total) => {
    if (bytes < next) return
    next = bytes + (total === undefined ? 100e6 : total / 10)
    log.info('downloading', { bytes, ...(total === undefined ? {} : { total }) })
  }
}

/** Refuses a file that is far from the size its source gives, packed or unpacked. */
function checkBytes({ name, expectedBytes }: Acquired, found: readonly number[]): void {
  if (expectedBytes === undefined || found.some((bytes) => near(bytes, expectedBytes))) return
  const message = `${name} has ${found[0]} bytes, but its source says ${expectedBytes}; download it again.`
  throw new DownloadError('damaged', message)
}

/** Refuses a number of rows more than a tenth off. */
function checkRows(rows: Layout['rows'], expected: number | 'any', name: string): void {
  if (expected === 'any' || near(rows, expected)) return
  const far = `${name} has ${rows} rows, but about ${expected} were expected`
  const next = `If it is meant to have that many, set expectRows to ${rows} (or to any); otherwise get it again.`
  throw new DownloadError('row_count', `${far}. ${next}`)
}

/** What is known of a collection from elsewhere may be out of date: it is said, but stops nothing. */
function warnOfRows(
  rows: number,
  { name, expectedRows }: Acquired,
  { options, log }: ShardContext<DownloadOptions>,
): void {
  if (options.expectRows !== undefined || expectedRows === undefined || near(rows, expectedRows)) return
  const doubt = 'it may be a cut or another version'
  log.warn(
    `${name} has ${rows} rows, but about ${expectedRows} are known of it: ${doubt}; set expectRows to make sure.`,
  )
}

function near(found: number, expected: number): boolean {
  return Math.abs(found - expected) <= expected / 10
}
