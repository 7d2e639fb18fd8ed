import { readFile, writeFile } from 'node:fs/promises'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import type { Json, Shard, ShardContext, ShardResult, StageContext } from '@promptloom/runner/stage'
import pLimit, { type LimitFunction } from 'p-limit'
import type { InboxItem } from '../inbox.ts'
import type { FeedbackOptions, QueueOptions } from '../options.ts'
import { Delivery } from './delivery.ts'
import { nightBefore, QueueJournal } from './journal.ts'
import type { QueueParts, QueueResult } from './makers.ts'
import { type PromptEnd, PromptWork } from './prompt-work.ts'
import { type QueuedPrompt, queuedPrompts } from './queued-prompts.ts'
import { unansweredText } from './unanswered.ts'

const PREFIX = 'queue-'
const PROMPTS = 'prompts.jsonl'

type Planning = StageContext<FeedbackOptions>
type Working = ShardContext<FeedbackOptions>

/** Whether a shard is one of the queue. */
export function isQueueShard(name: string): boolean {
  return name.startsWith(PREFIX)
}

/**
 * The shards of the queue: its prompts in slices.
 * @param parts undefined: the queue is left as it was last done; keeping one picture must not start a night's work
 */
export async function queueShards(context: Planning, parts: QueueParts | undefined): Promise<readonly Shard[]> {
  if (!parts) return committedShards(context)
  const { queue } = context.options
  if (!queue) return []
  const { prompts, recipe } = await frozen(context, 'queue', async () => ({
    prompts: await queuedPrompts(queue.source, context.workspace, context.signal),
    recipe: await parts.recipe(),
  }))
  const { variants, pictures, shardPrompts } = queue
  const shards: Shard[] = []
  for (let from = 0; from < prompts.length; from += shardPrompts) {
    const slice = prompts.slice(from, from + shardPrompts).map(({ prompt, of }) => (of ? { prompt, of } : { prompt }))
    const name = `${PREFIX}${String(shards.length).padStart(5, '0')}`
    shards.push({ name, rows: slice.length, facts: { prompts: slice, variants, pictures, ...recipe } })
  }
  return shards
}

async function committedShards({ workspace }: Planning): Promise<readonly Shard[]> {
  const committed = await new CheckpointFolder(workspace, 'feedback').list()
  return committed.flatMap(({ shard, rows, facts }) => {
    const planned = facts.planned as Shard['facts']
    return isQueueShard(shard) && planned ? [{ name: shard, rows, facts: planned }] : []
  })
}

/**
 * Improves and paints the prompts of one slice and puts the results into the inbox, where the shards of rows take them
 * up. Outcomes count prompts, `.prompts.jsonl` tells each one's; what the journal knows is not asked for again.
 */
export async function processQueueShard(
  shard: Shard,
  context: Working,
  parts: QueueParts | undefined,
): Promise<ShardResult> {
  if (!parts) throw new Error(`${shard.name} was to be done although nobody works on the queue.`)
  const { prompts } = shard.facts as unknown as { prompts: readonly QueuedPrompt[] }
  const settled = await settledBefore(context)
  const { work, limit } = await openWork(shard, context, parts)
  let done = 0
  const ends = await context.time('make', () =>
    Promise.all(
      prompts.map((queued) =>
        limit(async () => {
          const end = settled.get(queued.prompt) ?? (await work.end(queued, context.signal))
          context.progress(++done)
          return end
        }),
      ),
    ),
  )
  const batch = await context.time('deliver', () => deliver(ends, context, parts))
  const lines = ends.map(({ queued, outcome, detail }) => JSON.stringify({ ...queued, outcome, detail }))
  await writeFile(context.write(PROMPTS), `${lines.join('\n')}\n`)
  const outcomes: Record<string, number> = {}
  for (const { outcome } of ends) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  const facts = { planned: shard.facts as Json, ...(batch ? { batch: batch.name, delivered: batch.rows } : {}) }
  return { outcomes, facts }
}

/** Prompts that ended for good, where only the others are wanted again. */
async function settledBefore({ previous, read }: Working): Promise<ReadonlyMap<string, PromptEnd>> {
  const file = previous?.checkpoint.files.find(({ name, shard }) => name === `${shard}.${PROMPTS}`)
  const settled = new Map<string, PromptEnd>()
  if (!previous || !file) return settled
  for (const text of (await readFile(await read(file), 'utf8')).trim().split('\n')) {
    const { outcome, detail, ...queued } = JSON.parse(text)
    const told = detail === undefined ? { outcome, queued } : { outcome, detail, queued }
    if (!previous.redo.has(outcome)) settled.set(queued.prompt, { ...told, pictures: [] })
  }
  return settled
}

async function deliver(ends: readonly PromptEnd[], context: Working, parts: QueueParts) {
  const journal = await openJournal(context)
  const delivery = await frozen(context, 'delivery', () => Delivery.open(context.workspace))
  const batch = await delivery.deliver(itemsOf(ends, { journal, delivery, parts }))
  for (const { pictures } of ends) for (const { painted } of pictures) await journal.delivered(painted.sha256)
  return batch
}

/** Makers and limits are shared by all shards of a run. */
async function openWork(
  shard: Shard,
  context: Working,
  parts: QueueParts,
): Promise<{ work: PromptWork; limit: LimitFunction }> {
  const queue = context.options.queue as QueueOptions
  const journal = await openJournal(context)
  return context.open('queue makers', async () => {
    const since = nightBefore(new Date())
    const spent = journal.spentSince(since)
    const unanswered = unansweredText(journal.unansweredSince(since))
    if (unanswered) context.log.warn(unanswered)
    const makers = await parts.open(spent)
    const { refine, paint } = shard.facts as { refine: Json; paint: Json }
    const picturesLeft = (queue.mostPictures ?? Number.POSITIVE_INFINITY) - spent.pictures
    const work = new PromptWork(makers, journal, { ...queue, recipe: { refine, paint }, picturesLeft })
    const close = () => makers[Symbol.asyncDispose]()
    return { work, limit: pLimit(queue.concurrency), [Symbol.asyncDispose]: close }
  })
}

function openJournal(context: Planning): Promise<QueueJournal> {
  return frozen(context, 'queue journal', () => QueueJournal.open(context.workspace))
}

interface Sources {
  readonly journal: QueueJournal
  readonly delivery: Delivery
  readonly parts: QueueParts
}

/** The rows of what was made, one picture in memory at a time. */
async function* itemsOf(ends: readonly PromptEnd[], { journal, delivery, parts }: Sources): AsyncGenerator<InboxItem> {
  for (const { queued, refined, pictures } of ends) {
    for (const [number, variant] of refined?.variants.entries() ?? []) {
      if (!refined) continue
      const parents = [...(queued.of === undefined ? [] : [queued.of]), ...variant.neighbours]
      const { prompt, reason } = variant
      const { refiner, neighbours } = refined
      const made: QueueResult = {
        refined: { prompt, reason, refiner, neighbours, asked: queued.prompt, parents: [...new Set(parents)] },
      }
      yield* parts.rowsOf(made)
      for (const { painted } of pictures.filter((one) => one.variant === number)) {
        if (delivery.has(pictureId(painted.sha256))) continue
        const picture = await journal.picture(painted.sha256)
        // Lost with its file although it never got to the inbox: nothing to deliver, the prompt is there all the same.
        if (picture) yield* parts.rowsOf({ ...made, picture, painter: painted.painter, parameters: painted.parameters })
      }
    }
  }
}

/** The id of a picture's row, by the digest of its bytes. */
function pictureId(sha256: string): string {
  return `g-${sha256.slice(0, 16)}`
}

/** Something that stays as it is while the stage runs. */
async function frozen<T>(context: Planning, key: string, make: () => Promise<T>): Promise<T> {
  const kept = await context.open(key, async () => ({
    value: await make(),
    [Symbol.asyncDispose]: async () => undefined,
  }))
  return kept.value
}
