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
      return [...queued, ...(await planRowShards(context))]
    },
    async process(shard, context) {
      if (isQueueShard(shard.name)) return processQueueShard(shard, context, queue)
      const places = await openPlaces(context)
      const own = Number(shard.name)
      const tombstones = await openTombstones(context)
      return processRowShard(shard, context, { examine, tombstones, earlier: (id) => (places.get(id) ?? own) < own })
    },
  }
}

async function planRowShards(context: StageContext<FeedbackOptions>): Promise<readonly Shard[]> {
  const groups = await openGroups(context)
  const places = await openPlaces(context)
  const tombstones = await openTombstones(context)
  const shards: Shard[] = []
  for (const [number, batches] of groups.entries()) {
    const repeats = createHash('sha256')
    const gone: string[] = []
    for (const row of await rowsOf(context.workspace, batches)) {
      if ((places.get(row.id) ?? number) < number) repeats.update(`${row.id}\n`)
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
  return shards
}

/** The inbox as it was when the stage first looked: what comes later waits for the next run. */
async function openGroups(context: StageContext<FeedbackOptions>): Promise<readonly (readonly InboxBatch[])[]> {
  const { workspace, options } = context
  const opened = await context.open('inbox', async () => ({
    groups: groupBatches(await listBatches(workspace), options.groupRows),
    [Symbol.asyncDispose]: async () => undefined,
  }))
  return opened.groups
}

/** The number of the first shard that has an id. */
async function openPlaces(context: StageContext<FeedbackOptions>): Promise<ReadonlyMap<string, number>> {
  const groups = await openGroups(context)
  const opened = await context.open('inbox ids', async () => {
    const places = new Map<string, number>()
    for (const [number, batches] of groups.entries()) {
      for (const { id } of await rowsOf(context.workspace, batches)) if (!places.has(id)) places.set(id, number)
    }
    return { places, [Symbol.asyncDispose]: async () => undefined }
  })
  return opened.places
}

async function rowsOf(workspace: string, batches: readonly InboxBatch[]): Promise<InboxRow[]> {
  const rows: InboxRow[] = []
  for (const { name } of batches) {
    for (const line of await readBatch(workspace, name)) if ('id' in line) rows.push(line)
  }
  return rows
}
