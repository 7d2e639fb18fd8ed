import { createHash } from 'node:crypto'
import type { Shard, Stage, StageContext } from '@promptloom/runner/stage'
import { openTombstones } from '../stage-tombstones.ts'
import { groupBatches } from './groups.ts'
import { type InboxBatch, listBatches, readBatch } from './inbox.ts'
import type { InboxRow } from './inbox-row.ts'
import { type FeedbackOptions, feedbackOptions, speedOptions } from './options.ts'
import type { QueueParts } from './queue/makers.ts'
import { queueOutcomes } from './queue/outcomes.ts'
import { isQueueShard, processQueueShard, queueShards } from './queue/queue-shard.ts'
import { type Examine, processRowShard } from './row-shard.ts'

/** What the stage needs of others. */
export interface FeedbackParts {
  readonly examine: Examine
  /** Those who work on the queue. Without them it is left as it was last done. */
  readonly queue?: QueueParts | undefined
}

const ROW_OUTCOMES = {
  ok: 'ok',
  /** The same row, by its id, came before. */
  duplicate: 'final',
  forgotten: 'final',
  not_an_image: 'final',
  unsupported_format: 'final',
  too_many_pixels: 'final',
  too_small: 'final',
  truncated: 'final',
  corrupt: 'final',
  decode_timeout: 'final',
} as const

/** Works on the queue, and takes the rows of the inbox into the collection: see the README beside this file. */
export function feedbackStage({ examine, queue }: FeedbackParts): Stage<FeedbackOptions> {
  return {
    name: 'feedback',
    version: 1,
    options: feedbackOptions,
    speed: speedOptions,
    outcomes: { ...ROW_OUTCOMES, ...queueOutcomes(queue !== undefined) },
    concurrency: () => 2,
    async plan(context) {
      const queued = await queueShards(context, queue)
      const done = new Set(context.own().map(({ shard }) => shard))
      // What the queue makes lies in the inbox when it is done; looked at earlier, it would wait for the next run.
      if (!queued.every(({ name }) => done.has(name))) return queued
      return [...queued, ...(await openRowPlan(context)).shards]
    },
    async process(shard, context) {
      if (isQueueShard(shard.name)) return processQueueShard(shard, context, queue)
      const { places } = await openRowPlan(context)
      const own = Number(shard.name)
      const tombstones = await openTombstones(context)
      return processRowShard(shard, context, { examine, tombstones, earlier: (id) => (places.get(id) ?? own) < own })
    },
  }
}

/** The shards of rows, and the number of the first one that has an id. */
interface RowPlan {
  readonly shards: readonly Shard[]
  readonly places: ReadonlyMap<string, number>
}

/**
 * The inbox as it was when the stage first looked: what comes later waits for the next run. It is read once, one shard
 * in memory at a time.
 */
async function openRowPlan(context: StageContext<FeedbackOptions>): Promise<RowPlan> {
  const opened = await context.open('row plan', async () => ({
    plan: await planRows(context),
    [Symbol.asyncDispose]: async () => undefined,
  }))
  return opened.plan
}

async function planRows(context: StageContext<FeedbackOptions>): Promise<RowPlan> {
  const { workspace, options, signal } = context
  const groups = groupBatches(await listBatches(workspace), options.groupRows)
  const tombstones = await openTombstones(context)
  const places = new Map<string, number>()
  const shards: Shard[] = []
  for (const [number, batches] of groups.entries()) {
    signal.throwIfAborted()
    const repeats = createHash('sha256')
    const gone: string[] = []
    for (const row of await rowsOf(workspace, batches)) {
      if (!places.has(row.id)) places.set(row.id, number)
      else if (places.get(row.id) !== number) repeats.update(`${row.id}\n`)
      if (tombstones.hides(row)) gone.push(row.id)
    }
    shards.push({
      name: String(number).padStart(5, '0'),
      rows: batches.reduce((sum, { rows }) => sum + rows, 0),
      facts: {
        batches: Object.fromEntries(batches.map(({ name, sha256 }) => [name, sha256])),
        // What an earlier shard has is a duplicate here: forgotten there, it must become a row here.
        repeats: repeats.digest('hex'),
        ...(gone.length > 0 ? { forgotten: gone } : {}),
      },
    })
  }
  return { shards, places }
}

async function rowsOf(workspace: string, batches: readonly InboxBatch[]): Promise<InboxRow[]> {
  const rows: InboxRow[] = []
  for (const { name } of batches) {
    for (const line of await readBatch(workspace, name)) if ('id' in line) rows.push(line)
  }
  return rows
}
