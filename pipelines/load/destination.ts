import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint, FileRef, StageContext } from '@promptloom/runner/stage'
import type { Store } from '@promptloom/store/store'
import { StoreUsageError } from '@promptloom/store/store-error'
import type { TableKind } from '@promptloom/store/table-kind'
import { fits, type Holding, type VectorSpace, type VectorTable } from '@promptloom/store/vector-table'
import type { LoadOptions } from './options.ts'

/** Where the rows of one kind go: into the table, or into its next generation until that is complete. */
export interface Destination {
  readonly table: VectorTable
  readonly generation: 'live' | 'next'
}

/** The model and dimension that the embedded shards of one kind have in common. */
export function spaceOf(checkpoints: readonly Checkpoint[]): VectorSpace | undefined {
  const facts = checkpoints[0]?.facts
  if (typeof facts?.model !== 'string' || typeof facts.dimension !== 'number') return undefined
  return { model: facts.model, dimension: facts.dimension }
}

/** What the live table and its next generation hold, and which of them takes vectors of that space. */
export async function lookUp(store: Store, kind: TableKind, space: VectorSpace): Promise<Standing> {
  const live = await store.table(kind).holding()
  const next = await store.table(kind).next.holding()
  const generation = fits(live, space) ? 'live' : 'next'
  return { live, next, generation, target: generation === 'live' ? live : next }
}

/**
 * Refuses to load into a table that another workspace has filled: shards of two would replace one another.
 * @throws StoreUsageError
 */
export async function refuseForeign(
  context: StageContext<LoadOptions>,
  table: VectorTable,
  { live, files }: { live: Holding; files: readonly FileRef[] },
): Promise<void> {
  if (live.rows === 0 || files.some((file) => live.shards.get(file.shard)?.has(file.sha256))) return
  const names = await readdir(join(context.workspace, 'load')).catch(() => [])
  // Checkpoints of an earlier load: the rows are this workspace's own, of another model or version.
  if (names.some((name) => name.endsWith('.json'))) return
  throw new StoreUsageError(
    `${table.name} already holds ${live.rows.toLocaleString('en')} rows that this workspace has not loaded. Choose other names (store.tables), or drop them with "promptloom store drop".`,
  )
}

/** How far loading of one kind has come. */
export interface Standing {
  readonly live: Holding
  readonly next: Holding
  readonly generation: 'live' | 'next'
  /** What the generation that is loaded into holds. */
  readonly target: Holding
}

/** The table to load into, created if need be; a next generation of yet another model is thrown away first. */
export async function destination(store: Store, kind: TableKind, space: VectorSpace): Promise<Destination> {
  const { generation, next } = await lookUp(store, kind, space)
  const table = generation === 'live' ? store.table(kind) : store.table(kind).next
  if (generation === 'next' && !fits(next, space)) await table.drop()
  await table.ensure(space.dimension)
  await table.holdMerges()
  return { table, generation }
}
