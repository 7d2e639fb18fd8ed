import { createHash } from 'node:crypto'
import type { Shard, Stage, StageContext } from '@promptloom/runner/stage'
import { openTombstones } from '../stage-tombstones.ts'
import { groupBatches } from './groups.ts'
import { type InboxBatch, listBatches, readBatch } from './inbox.ts'
import type { InboxRow } from './inbox-row.ts'
import { type FeedbackOptions, feedbackOptions, speedOptions } from './options.ts'
import { type Examine, processRowShard } from './row-shard.ts'

/** What the stage needs of others. */
export interface FeedbackParts {
  readonly examine: Examine
}

/** Takes the rows that wait in the inbox into the collection: see the README beside this file. */
export function feedbackStage({ examine }: FeedbackParts): Stage<FeedbackOptions> {
  return {
    name: 'feedback',
    version: 1,
    options: feedbackOptions,
    speed: speedOptions,
    outcomes: {
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
    },
    concurrency: () => 2,
    plan: planRowShards,
    async process(shard, context) {
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

/** The inbox as it was when the stage began: what comes later waits for the next run. */
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
