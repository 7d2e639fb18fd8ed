import { join } from 'node:path'
import { readTable } from '@promptloom/dataset/table-reader'
import type { Checkpoint, FileRef, Shard, ShardContext, Stage, StageContext } from '@promptloom/runner/stage'
import type { Environment } from '../environment.ts'
import { lastCommit } from '../last-commit.ts'
import { openTombstones } from '../stage-tombstones.ts'
import type { Acquisition, Fetch } from './acquisition.ts'
import { DownloadError } from './download-error.ts'
import { type ForgottenRows, findForgottenRows } from './forgotten-rows.ts'
import { KaggleFile } from './kaggle-file.ts'
import { LocalFile } from './local-file.ts'
import { type DownloadOptions, downloadOptions } from './options.ts'
import { processRowShard } from './row-shard.ts'
import { OUTCOMES } from './row-verdict.ts'
import { type Layout, layoutSchema, type Repeats } from './scan.ts'
import { parseSource } from './source.ts'
import { processSource, REPEATS_SCHEMA } from './source-shard.ts'
import { UrlFile } from './url-file.ts'

/** What the stage takes from outside. */
export interface DownloadPorts {
  /** Kaggle's credentials, and the home folder that may hold them. */
  readonly environment: Environment
  /** Sends requests; default the platform's own. */
  readonly fetch?: Fetch
  /** First back-off between tries in milliseconds; default 500. */
  readonly firstDelay?: number
  /**
   * Whether the source is taken as it was last acquired: nobody looks whether it has changed, or is still there, as
   * long as nothing but rows of it are to be left out. Default false.
   */
  readonly asAcquired?: boolean
}

/** Name of the shard that acquires and scans the source. */
const SOURCE = 'source'

/**
 * Makes the stage that turns a prompt collection into shards of validated rows. Its shard `source` acquires the
 * collection as `source.csv` and finds each shard's byte range in it; the shards `00000`… parse theirs. A changed
 * source makes exactly those shards anew whose rows changed.
 */
export function downloadStage(ports: DownloadPorts): Stage<DownloadOptions> {
  return {
    name: 'download',
    version: 1,
    options: downloadOptions,
    // Where the source comes from matters to the shard `source` alone, which has it among its facts.
    speed: ['source', 'entry', 'expectRows', 'allowCut', 'refresh', 'kaggleApi'],
    outcomes: OUTCOMES,
    concurrency: () => 2,
    async plan(context) {
      const source = (await acquiredShard(ports, context)) ?? (await sourceShard(ports, context))
      const scanned = context.own().find((one) => one.shard === SOURCE)
      const csv = scanned && fileOf(scanned, 'source.csv')
      if (!csv) return [source]
      const layout = layoutOf(scanned)
      return [source, ...rowShards(layout, await findForgottenRows(csv, layout, context))]
    },
    async process(shard, context) {
      if (shard.name === SOURCE) {
        const result = await processSource(await openAcquisition(ports, context), context)
        return { ...result, facts: { ...result.facts, planned: shard.facts ?? {} } }
      }
      const scanned = context.own().find((one) => one.shard === SOURCE)
      const file = scanned && fileOf(scanned, 'source.csv')
      if (!file) throw new Error(`${shard.name} was asked for before ${SOURCE}`)
      const { repeats } = await context.open('repeats', () => openRepeats(scanned, context))
      const csv = await context.read(file)
      const tombstones = await openTombstones(context)
      const input = { csv, layout: layoutOf(scanned), index: Number(shard.name), repeats, tombstones }
      return processRowShard(input, context)
    },
  }
}

/** The source as it was last acquired, where that is to be taken; undefined where it has to be looked at. */
async function acquiredShard(ports: DownloadPorts, context: StageContext<DownloadOptions>): Promise<Shard | undefined> {
  const last = ports.asAcquired ? await lastCommit('download', SOURCE, context) : undefined
  const planned = last?.facts.planned as Shard['facts']
  return planned && { name: SOURCE, rows: 0, facts: planned }
}

async function sourceShard(ports: DownloadPorts, context: StageContext<DownloadOptions>): Promise<Shard> {
  const { entry, expectRows, allowCut } = context.options
  const identity = await (await openAcquisition(ports, context)).identify()
  const facts = { ...identity, allowCut, ...(entry === undefined ? {} : { entry }), expectRows: expectRows ?? 'known' }
  return { name: SOURCE, rows: 0, facts }
}

/** Only a shard that holds forgotten rows has them among its facts: the others stay done. */
function rowShards(layout: Layout, forgotten: ForgottenRows): Shard[] {
  const columns = { fields: layout.header.length, ...layout.field }
  return layout.shards.map(({ rows, sha256, repeats }, index) => {
    const gone = forgotten.get(index)
    const facts = { rows: sha256, columns, repeats, ...(gone === undefined ? {} : { forgotten: gone }) }
    return { name: String(index).padStart(5, '0'), rows, facts }
  })
}

function openAcquisition(ports: DownloadPorts, context: StageContext<DownloadOptions>): Promise<Acquisition> {
  const { options, workspace, signal } = context
  const { environment, fetch = globalThis.fetch, firstDelay = 500 } = ports
  const cache = join(workspace, 'cache')
  return context.open('acquisition', async () => {
    const source = parseSource(options.source)
    const remote = { fetch, firstDelay, cache, signal, refresh: options.refresh }
    if (source.kind === 'file') return new LocalFile(source.path, { cache, signal })
    if (source.kind === 'url') return new UrlFile(source.url, remote)
    return KaggleFile.open(source, { ...remote, environment, api: options.kaggleApi })
  })
}

function layoutOf(checkpoint: Checkpoint): Layout {
  const parsed = layoutSchema.safeParse(checkpoint.facts.layout)
  if (parsed.success) return parsed.data
  throw new DownloadError('damaged', `The checkpoint download/${SOURCE}.json is damaged; delete it and run again.`)
}

function fileOf(checkpoint: Checkpoint, name: string): FileRef | undefined {
  return checkpoint.files.find((file) => file.name === name)
}

async function openRepeats(
  scanned: Checkpoint,
  context: ShardContext<DownloadOptions>,
): Promise<AsyncDisposable & { repeats: Repeats }> {
  const file = fileOf(scanned, 'source.repeats.parquet')
  const empty = { row: new Uint32Array(), first: new Uint32Array() }
  const repeats = file ? (await readTable(await context.read(file), REPEATS_SCHEMA)).columns : empty
  return { repeats, async [Symbol.asyncDispose]() {} }
}
