import { createHash } from 'node:crypto'
import type { Checkpoint, Shard, ShardContext, ShardResult, Stage, StageContext } from '@promptloom/runner/stage'
import type { Store } from '@promptloom/store/store'
import { StoreStateError } from '@promptloom/store/store-error'
import type { TableKind } from '@promptloom/store/table-kind'
import type { BuildReport } from '@promptloom/store/vector-index'
import { observeMemory } from '../measurement/peak-memory.ts'
import { isStoreAbsent, openStageStore } from '../stage-store.ts'
import { type BuildIndexOptions, buildIndexOptions, graphOf } from './options.ts'

/**
 * Builds a vector index over each table that has rows: shards `text` and `image`. Runs again when a shard of load has
 * changed, and when the index is gone.
 */
export const buildIndexStage: Stage<BuildIndexOptions> = {
  name: 'build-index',
  version: 1,
  options: buildIndexOptions,
  // Of the graph, the shard's facts hold what the options come to: another way to say the same builds nothing.
  speed: ['store', 'timeout', 'looseRows', 'preset', 'hnsw'],
  outcomes: { ok: 'ok' },
  async plan(context) {
    const shards: Shard[] = []
    for (const kind of ['text', 'image'] as const) {
      const loaded = context.upstream('load').filter((one) => one.facts.kind === kind && one.rows > 0)
      if (loaded.length === 0) continue
      const stale = await staleness(kind, context)
      const facts = { kind, loaded: digestOf(loaded), graph: { ...graphOf(context.options) } }
      const rows = loaded.reduce((sum, one) => sum + one.rows, 0)
      shards.push({ name: kind, rows, facts, ...(stale ? { stale } : {}) })
    }
    return shards
  },
  process: buildIndex,
}

async function buildIndex(shard: Shard, context: ShardContext<BuildIndexOptions>): Promise<ShardResult> {
  const store = await openStageStore(context)
  const table = store.table(shard.name as TableKind)
  const held = await table.count()
  if (held !== shard.rows) {
    throw new StoreStateError(
      `${table.name} holds ${held} rows where the load stage counted ${shard.rows}; run again from load.`,
    )
  }
  const { looseRows, timeout } = context.options
  const hnsw = graphOf(context.options)
  const build = () =>
    table.buildIndex({
      hnsw,
      looseRows,
      timeout: timeout * 3_600_000,
      signal: context.signal,
      // Merging is the short part of it.
      progress: ({ phase, fraction }) =>
        context.progress(Math.floor(shard.rows * (phase === 'merge' ? fraction * 0.1 : 0.1 + fraction * 0.9))),
    })
  const { result: report, peakBytes } = await context.time('build', () => observeMemory(build))
  await context.time('verify', () => proveUse(table, report))
  context.log.info('vector index', { table: table.name, did: report.did, status: report.state.status })
  const { status, rows, indexedRows, parts, bytes, definition } = report.state
  return {
    outcomes: { ok: shard.rows },
    facts: {
      ...{ did: report.did, status, rows, indexedRows, parts, bytes, definition: definition ?? '' },
      // A server builds in memory of its own.
      ...(store.dialect.engine === 'embedded' ? { peakBytes } : {}),
    },
  }
}

/** The engine's own word that a search by one of the table's vectors goes through the index. */
async function proveUse(table: ReturnType<Store['table']>, report: BuildReport): Promise<void> {
  const [sample] = await table.sample(1)
  if (!sample || report.state.indexedRows === 0) {
    throw new StoreStateError(`${table.name} has no index after it was built (${report.state.status}); run again.`)
  }
  if (await table.usesIndex({ vector: sample.vector, k: 10, mode: 'indexed' })) return
  throw new StoreStateError(
    `The index of ${table.name} is built, but the engine would not use it; compare its definition with the search: ${report.state.definition}.`,
  )
}

async function staleness(kind: TableKind, context: StageContext<BuildIndexOptions>): Promise<string | undefined> {
  if (isStoreAbsent(context)) return 'the store is gone'
  const table = (await openStageStore(context)).table(kind)
  if ((await table.dimension()) === undefined) return 'the table is gone'
  const state = await table.indexState()
  if (state.status === 'built' || state.status === 'partial') return undefined
  return state.status === 'none' ? 'the index is gone' : `the index is ${state.status}`
}

function digestOf(checkpoints: readonly Checkpoint[]): string {
  const hash = createHash('sha256')
  for (const { shard, facts } of checkpoints) hash.update(`${shard} ${facts.digest}\n`)
  return hash.digest('hex')
}
