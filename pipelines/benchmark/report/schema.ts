import { z } from 'zod'
import { TRACK_NAMES } from '../track.ts'

const share = z.number().min(0).max(1)
const seconds = z.number().min(0)
const bytes = z.number().min(0).nullable()

const effortSchema = z
  .union([z.literal('exact'), z.literal('auto'), z.number()])
  .describe("`exact`, the index's own measure of effort, or `auto`: as the store decides when nobody asks.")

/** A mean over questions with its interval. */
export const estimateSchema = z
  .strictObject({
    mean: share,
    low: share.describe('Low end of the 95 % interval.'),
    high: share.describe('High end of the 95 % interval.'),
    n: z.int().min(0).describe('Questions that it was measured on.'),
  })
  .meta({ id: 'Estimate', description: 'A mean over questions and its 95 % interval (Wilson, effective sample size).' })

/** Latencies in milliseconds, summed up. */
export const latencySchema = z
  .strictObject({
    n: z.int().min(1),
    mean: z.number(),
    p50: z.number(),
    p95: z.number().nullable().describe('Null under 20 questions.'),
    p99: z.number().nullable().describe('Null under 100 questions.'),
    max: z.number(),
    distribution: z.array(z.number()).describe('Latency at each of the shares in `distributionShares`.'),
  })
  .meta({ id: 'Latency', description: 'Milliseconds from the call to the last row of the answer, in a closed loop.' })

/** How busy the machine was with other work. */
export const loadSchema = z
  .strictObject({
    foreign: share.describe("Share of all cores' time that went to other processes."),
    own: share,
    loadBefore: z.number(),
    loadAfter: z.number(),
    noisy: z.boolean(),
  })
  .meta({ id: 'Load', description: 'How busy the machine was with other work meanwhile.' })

const cellSchema = z
  .strictObject({
    k: z.int().min(1),
    effort: effortSchema,
    clients: z.int().min(1),
    share: share.describe('Share of rows that the filter lets through; 1: no filter.'),
    byIndex: share.describe('Share of the answers that the index gave.'),
    visited: z
      .number()
      .nullable()
      .describe(
        'Nodes of the index graph that a search looked at, on average; null where the engine does not count them.',
      ),
    asked: z.int().min(0).describe('Questions asked; fewer than the set where the time for one setting was up.'),
    withheld: z.string().nullable().describe('Why the figures of this setting are not given; null where they are.'),
    evidence: z.string().describe("The engine's own words on how it answered."),
    recall: estimateSchema.nullable(),
    strict: share.nullable().describe('Recall by id alone, ties as misses.'),
    short: z.int().min(0).describe('Answers with fewer rows than exist.'),
    duplicates: z.int().min(0).describe('Rows that repeated an id of the same answer.'),
    foreign: z.int().min(0).describe('Rows that do not exist or that the filter excludes.'),
    latency: latencySchema.nullable(),
    qps: z.number().nullable().describe('Answers a second, all clients together.'),
    load: loadSchema,
  })
  .meta({ id: 'Cell', description: 'One setting and what was measured with it, warm.' })

const coldSchema = z
  .strictObject({
    effort: effortSchema,
    first: z
      .array(z.number())
      .describe("Milliseconds of first answers, each right after the engine's caches were emptied."),
    next: z.array(z.number()).describe('Milliseconds of the answers that followed.'),
  })
  .meta({
    id: 'Cold',
    description: "First answers with the engine's caches empty; the system's page cache is left as it is.",
  })

/** What a vector index is and takes. */
export const indexSchema = z
  .strictObject({
    state: z.string(),
    definition: z.string(),
    parts: z.int().min(0),
    diskBytes: bytes,
    memoryBytes: bytes,
    note: z.string(),
  })
  .meta({ id: 'Index' })

/** Everything measured with one kind of question: one line of a committed `2-sweep-*.jsonl`. */
export const trackSchema = z
  .strictObject({
    name: z.enum(TRACK_NAMES),
    from: z.enum(['text', 'image', 'questions']),
    to: z.enum(['text', 'image']),
    outOfDistribution: z.boolean(),
    note: z.string(),
    engine: z.strictObject({
      label: z.string().describe('What was measured; an emulated MyScale is never called MyScale.'),
      version: z.string(),
      effortName: z.string(),
    }),
    machine: z.strictObject({
      cpu: z.string(),
      cores: z.int(),
      memoryBytes: z.number(),
      system: z.string(),
      node: z.string(),
    }),
    measured: z.string().describe('When, ISO 8601, UTC.'),
    queries: z.int().min(0),
    seed: z.string(),
    rows: z.int().min(0).describe('Rows of the searched table.'),
    dimension: z.int().min(1),
    collection: z.string().describe('Digest of the searched ids and vectors, the same before and after.'),
    changed: z.boolean().describe('True when the table changed meanwhile: its recalls are withheld.'),
    index: indexSchema,
    tolerance: z.number(),
    idle: loadSchema.describe('The machine before anything was measured.'),
    repeatRatio: z
      .number()
      .nullable()
      .describe(
        'Fastest answer to a question asked a second time over the fastest first one; far under 1: answers are cached.',
      ),
    leftOut: z
      .array(share)
      .default([])
      .describe('Filters, as shares of rows, that were asked for and left out because too few rows would pass.'),
    cells: z.array(cellSchema),
    cold: z.array(coldSchema),
    peakBytes: z.number().describe('Highest resident set of the measuring process, in bytes.'),
    seconds,
  })
  .meta({ id: 'Track', description: 'One kind of question to one kind of table.' })

/** One setting and what was measured with it. */
export type CellReport = z.output<typeof cellSchema>
/** First answers after the engine's caches were emptied. */
export type ColdReport = z.output<typeof coldSchema>
/** Everything measured with one kind of question. */
export type TrackReport = z.output<typeof trackSchema>

/** Which setting to search a table with, and why. */
export const choiceSchema = z
  .strictObject({
    table: z.enum(['text', 'image']),
    track: z.enum(TRACK_NAMES).describe('The questions that decided.'),
    mode: z.enum(['exact', 'indexed']),
    effort: z.number().nullable().describe('Null for exact search.'),
    k: z.int().min(1),
    recall: share,
    recallLow: share.describe('Low end of its 95 % interval.'),
    p50: z.number(),
    p95: z.number().nullable(),
    rows: z.int().min(0),
    collection: z.string().describe('Digest of the table that it was measured on.'),
    noisy: z.boolean(),
    reason: z.string(),
  })
  .meta({ id: 'Choice', description: 'Which setting to search a table with, and why.' })

/** Which setting to search a table with, and why. */
export type ChoiceReport = z.output<typeof choiceSchema>
