import { join } from 'node:path'
import { type Model, openModel } from '@promptloom/clip/model'
import { UserError } from '@promptloom/runner/errors'
import type { Shard, ShardContext, ShardResult } from '@promptloom/runner/stage'
import { axesOf } from './cell.ts'
import type { BenchmarkOptions } from './options.ts'
import { groundTruth, type Query, rowQueries } from './query-set.ts'
import { seededRandom } from './random.ts'
import { openTarget, type Survey, survey } from './session.ts'
import type { StoreTable } from './store-target.ts'
import { type Track, tracks } from './track.ts'
import { writeTruth } from './truth-file.ts'

type Context = ShardContext<BenchmarkOptions>

/** Prefix of shards that hold a query set and its exact answers. */
export const TRUTH = '1-truth-'

/** Rows that a filter must let through to be worth measuring: a full answer for the base length, and its own row. */
const LEAST_MATCHES = 20

/** The shard that makes one track's questions and answers them exactly; its name and facts decide its bytes. */
export function truthShard(track: Track, options: BenchmarkOptions, found: Survey): Shard {
  const source = track.from === 'questions' ? undefined : found.tables[track.from]
  const rows = Math.min(options.queries, source?.rows ?? found.questions.length)
  return {
    name: `${TRUTH}${track.name}`,
    rows,
    facts: {
      asked: source?.digest ?? [...found.questions],
      searched: found.tables[track.to]?.digest ?? '',
      filters: [...truthFilters(track, options, found)],
      depth: truthDepth(options, found),
    },
  }
}

/** Length of the exact answers: the longest answer measured, and as much again, so that most ties are listed. */
function truthDepth(options: BenchmarkOptions, { engine }: Survey): number {
  return 2 * Math.max(...axesOf(options, engine).k)
}

/** The filters that let enough rows of the searched table through. */
function truthFilters(track: Track, options: BenchmarkOptions, { engine, tables }: Survey): readonly number[] {
  const rows = tables[track.to]?.rows ?? 0
  return axesOf(options, engine).filters.filter((share) => share * rows >= LEAST_MATCHES)
}

/** Makes a query set and its ground truth; the same table, questions and options give the same bytes. */
export async function makeTruth(shard: Shard, context: Context): Promise<ShardResult> {
  const track = trackOf(shard.name.slice(TRUTH.length))
  const found = (await survey(context)) as Survey
  const table = (await (await openTarget(context)).table(track.to)) as StoreTable
  const queries = await context.time('questions', () => queriesFor(track, shard.rows, context, found))
  const depth = truthDepth(context.options, found)
  const truth = await context.time('exact', () =>
    groundTruth({
      table,
      queries,
      depth,
      filters: truthFilters(track, context.options, found),
      signal: context.signal,
      progress: context.progress,
    }),
  )
  await writeTruth(
    { queries: context.write('queries.parquet'), answers: context.write('answers.parquet') },
    truth,
    depth,
  )
  return {
    // Rows may have gone since the shard was planned.
    outcomes: { ok: queries.length, missing: shard.rows - queries.length },
    facts: { collection: await table.digest(), depth, dimension: await table.dimension() },
  }
}

/** The track of that name. */
export function trackOf(name: string): Track {
  return tracks.find((track) => track.name === name) as Track
}

async function queriesFor(track: Track, count: number, context: Context, found: Survey): Promise<Query[]> {
  const { seed } = context.options
  if (track.from === 'questions') return embedded(shuffled(found.questions, seed).slice(0, count), context)
  const table = await (await openTarget(context)).table(track.from)
  return rowQueries((await table?.sample(count, seed)) ?? [], { excluded: track.from === track.to })
}

async function embedded(questions: readonly string[], context: Context): Promise<Query[]> {
  const { options, workspace, signal } = context
  if (options.model === undefined) {
    throw new UserError('benchmark.questions needs a model to embed them; give --model, or leave the questions out.')
  }
  const directory = options.model
  const digestCache = join(workspace, 'cache', 'model-digests.json')
  const model: Model = await context.open('model', () => openModel(directory, { digestCache }))
  const vectors = await model.text.encode(await model.text.tokenize(questions, { signal }), { signal })
  return questions.map((id, index) => ({ id, exclude: '', vector: vectors[index] as Float32Array }))
}

/** The questions in an order that the seed decides (Fisher and Yates). */
function shuffled(questions: readonly string[], seed: string): string[] {
  const random = seededRandom(seed)
  const order = [...questions]
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    ;[order[index], order[other]] = [order[other] as string, order[index] as string]
  }
  return order
}
