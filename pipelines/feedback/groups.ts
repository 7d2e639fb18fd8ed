import type { InboxBatch } from './inbox.ts'

/** Most rows of one shard, but for a single batch that is larger. */
const SHARD_ROWS = 5_000

/**
 * Gathers batches into shards, in their order. Small batches share a shard until it has `groupRows`; a large one has
 * a shard of its own, or shares it with other large ones. What comes later never moves what came before: at most the
 * last shard changes, so that a picture that is kept costs the embedding of a few others at most.
 */
export function groupBatches(batches: readonly InboxBatch[], groupRows: number): readonly (readonly InboxBatch[])[] {
  const groups: InboxBatch[][] = []
  let rows = Number.POSITIVE_INFINITY
  let large = false
  for (const batch of batches) {
    const isLarge = batch.rows >= groupRows
    const limit = isLarge ? SHARD_ROWS : groupRows
    if (isLarge !== large || rows + batch.rows > limit) {
      groups.push([])
      rows = 0
      large = isLarge
    }
    groups.at(-1)?.push(batch)
    rows += batch.rows
  }
  return groups
}
