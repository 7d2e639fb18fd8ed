import type {
  Checkpoint,
  FileRef,
  Shard,
  ShardContext,
  ShardResult,
  Stage,
  StageContext,
} from '@promptloom/runner/stage'
import type { TableKind } from '@promptloom/store/table-kind'
import type { VectorSpace } from '@promptloom/store/vector-table'
import { isStoreAbsent, openStageStore } from '../stage-store.ts'
import { type Destination, destination, lookUp, refuseForeign, type Standing, spaceOf } from './destination.ts'
import { type LoadOptions, loadOptions } from './options.ts'

const KINDS: readonly TableKind[] = ['text', 'image']
/** Outcomes of embed whose rows have a vector. */
const EMBEDDED = ['ok', 'ok_truncated', 'duplicate']

/**
 * Loads embedded shards into the database, a table a kind. One shard of rows for each shard of embed; when the model
 * has changed, they fill the table's next generation, and a last shard `<kind>-publish` puts it in place.
 */
export const loadStage: Stage<LoadOptions> = {
  name: 'load',
  version: 1,
  options: loadOptions,
  // The database itself says what it lacks; and a password must not end up in a checkpoint.
  speed: ['store', 'concurrency'],
  outcomes: { ok: 'ok' },
  concurrency: (options) => options.concurrency,
  async plan(context) {
    const shards: Shard[] = []
    for (const kind of KINDS) shards.push(...(await planKind(kind, context)))
    return shards
  },
  process: (shard, context) => (isPublish(shard.name) ? publish(shard, context) : load(shard, context)),
  async remove(checkpoint, context) {
    if (isPublish(checkpoint.shard) || isStoreAbsent(context)) return
    await (await openStageStore(context)).table(kindOf(checkpoint.shard)).remove(checkpoint.shard)
  },
}

async function planKind(kind: TableKind, context: StageContext<LoadOptions>): Promise<Shard[]> {
  const embedded = context.upstream('embed').filter((one) => one.shard.startsWith(`${kind}-`) && tableFile(one))
  const space = spaceOf(embedded)
  if (!space) return []
  const store = isStoreAbsent(context) ? undefined : await openStageStore(context)
  const standing = store && (await lookUp(store, kind, space))
  if (standing) {
    const files = embedded.map((checkpoint) => tableFile(checkpoint) as FileRef)
    await refuseForeign(context, store.table(kind), { live: standing.live, files })
  }
  const shards: Shard[] = []
  for (const checkpoint of embedded) {
    const file = tableFile(checkpoint) as FileRef
    const rows = rowsOf(checkpoint)
    const stale = staleness(standing, file, rows)
    const facts = { kind, model: space.model, dimension: space.dimension }
    shards.push({ name: checkpoint.shard, rows, inputs: [file], facts, ...(stale ? { stale } : {}) })
  }
  const publishing = publishShard(kind, shards, { standing, own: context.own() })
  return publishing ? [...shards, publishing] : shards
}

/** Planned once every shard is in the next generation, and for a leftover of an abandoned one. */
function publishShard(
  kind: TableKind,
  shards: readonly Shard[],
  { standing, own }: { standing: Standing | undefined; own: readonly Checkpoint[] },
): Shard | undefined {
  if (!standing?.next.exists) return undefined
  const done = new Set(own.map((one) => one.shard))
  if (!shards.every((shard) => done.has(shard.name) && !shard.stale)) return undefined
  const inputs = shards.flatMap((shard) => shard.inputs ?? [])
  return { name: `${kind}-publish`, rows: 0, inputs, facts: { kind, generation: standing.generation } }
}

function staleness(standing: Standing | undefined, file: FileRef, rows: number): string | undefined {
  const digests = standing?.target.shards.get(file.shard)
  if (digests?.size === 1 && digests.get(file.sha256) === rows) return undefined
  if (rows === 0 && (digests?.size ?? 0) === 0) return undefined
  const held = [...(digests?.values() ?? [])].reduce((sum, count) => sum + count, 0)
  if (held === rows) return 'the table holds rows of another version of this shard'
  return `the table holds ${held.toLocaleString('en')} of ${rows.toLocaleString('en')} rows`
}

async function load(shard: Shard, context: ShardContext<LoadOptions>): Promise<ShardResult> {
  const { kind, model, dimension } = shard.facts as unknown as VectorSpace & { kind: TableKind }
  const store = await openStageStore(context)
  const { table } = await opened(context, kind, () => destination(store, kind, { model, dimension }))
  const file = shard.inputs?.[0] as FileRef
  const path = await context.time('verify', () => context.read(file))
  const { run, signal } = context
  await context.time('insert', () =>
    table.load({ path, shard: shard.name, digest: file.sha256, rows: shard.rows, run, signal }),
  )
  context.progress(shard.rows)
  return { outcomes: { ok: shard.rows }, facts: { digest: file.sha256, kind, model } }
}

async function publish(shard: Shard, context: ShardContext<LoadOptions>): Promise<ShardResult> {
  const { kind, generation } = shard.facts as unknown as { kind: TableKind; generation: string }
  const table = (await openStageStore(context)).table(kind)
  if (generation === 'next') await context.time('publish', () => table.publish())
  else await table.next.drop()
  return { outcomes: {}, facts: { kind } }
}

/** The destination is looked up once a stage and kind: shards loading side by side must not create it twice. */
async function opened(
  context: StageContext<LoadOptions>,
  kind: TableKind,
  find: () => Promise<Destination>,
): Promise<Destination> {
  const resource = await context.open(`destination-${kind}`, async () => ({
    found: await find(),
    [Symbol.asyncDispose]: async () => undefined,
  }))
  return resource.found
}

/** Rows that have a vector; the count in the table is held against it after the load. */
function rowsOf({ outcomes }: Checkpoint): number {
  return EMBEDDED.reduce((sum, name) => sum + (outcomes[name] ?? 0), 0)
}

function tableFile(checkpoint: Checkpoint): FileRef | undefined {
  return checkpoint.files.find((file) => file.name === `${checkpoint.shard}.parquet`)
}

function kindOf(shard: string): TableKind {
  return shard.startsWith('image-') ? 'image' : 'text'
}

function isPublish(shard: string): boolean {
  return shard.endsWith('-publish')
}
