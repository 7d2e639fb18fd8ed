import { calibrationSummarySchema } from '@promptloom/search/row-view'
import { z } from 'zod'
import { TRACK_NAMES } from '../track.ts'
import { choiceSchema, estimateSchema, indexSchema, latencySchema, loadSchema, trackSchema } from './schema.ts'

const outcomes = z.record(z.string(), z.int().min(0))

const ledgerSchema = z
  .strictObject({
    stage: z.string(),
    shards: z.int().min(0),
    rows: z.int().min(0),
    outcomes: outcomes.describe('How the rows ended; they add up to `rows`.'),
    bytes: z.number().min(0),
    seconds: z.number().min(0).describe('Work summed over shards, also where several were in work at once.'),
    rate: z.number().min(0).describe('Rows a second of that work.'),
    steps: z.record(z.string(), z.number()).describe('Seconds by step, summed over shards.'),
  })
  .meta({ id: 'StageLedger', description: 'What one stage did, over all its committed shards.' })

const hostSchema = z
  .strictObject({
    host: z.string(),
    month: z.string().default('').describe('Month of the fetch, `2026-11`; empty in reports that summed them up.'),
    rows: z.int().min(0),
    dead: z.int().min(0).describe('Without a picture.'),
    outcomes,
  })
  .meta({ id: 'Host', description: 'How the picture addresses of one host ended, of those fetched in one month.' })

const buildSchema = z
  .strictObject({
    table: z.enum(['text', 'image']),
    rows: z.int().min(0),
    seconds: z.number().min(0),
    rate: z.number().min(0).describe('Rows a second.'),
    bytes: z.number().nullable().default(null).describe('Size of the index on disk.'),
    peakBytes: z
      .number()
      .nullable()
      .describe('Most memory of the building process, an embedded engine included; null for a server.'),
    committed: z.string(),
  })
  .meta({ id: 'Build', description: 'The last build of a table’s index by the pipeline.' })

const phaseSchema = z
  .strictObject({
    name: z.enum(['built', 'inserted', 'merged', 'restarted']),
    rows: z.int().min(0),
    seconds: z.number().min(0).describe('Time that the step itself took.'),
    index: indexSchema,
    usedIndex: z.number().min(0).max(1).describe('Share of the answers that the index gave.'),
    recall: estimateSchema.nullable(),
    latency: latencySchema.nullable(),
    withheld: z.string().nullable(),
  })
  .meta({ id: 'Phase', description: 'The scratch copy after one step of its life.' })

/** A scratch copy over its life: one line of `3-lifecycle.jsonl`. */
export const lifecycleSchema = z
  .strictObject({
    table: z.enum(['text', 'image']),
    rows: z.int().min(0),
    dimension: z.int().min(1),
    heldOut: z.int().min(0).describe('Questions: rows that the scratch copy has never held.'),
    effort: z.number(),
    loadSeconds: z.number().min(0),
    buildSeconds: z.number().min(0),
    rate: z.number().min(0).describe('Rows a second, load and index together.'),
    peakBytes: z.number().min(0).describe('Highest resident set of the process that did it, in bytes.'),
    phases: z.array(phaseSchema),
  })
  .meta({ id: 'Lifecycle', description: 'A scratch copy that is built, added to, merged and restarted.' })

const earlierSchema = z
  .strictObject({
    run: z.string(),
    created: z.string(),
    comparable: z.boolean().describe('Same engine, machine and model as this report.'),
    noisy: z.boolean(),
    points: z.array(
      z.strictObject({
        track: z.enum(TRACK_NAMES),
        rows: z.int().min(0),
        recall: z.number().nullable(),
        p50: z.number().nullable(),
        p95: z.number().nullable(),
        qps: z.number().nullable(),
      }),
    ),
    builds: z
      .array(z.strictObject({ table: z.enum(['text', 'image']), rows: z.int().min(0), seconds: z.number().min(0) }))
      .default([])
      .describe('The last builds of its indexes.'),
  })
  .meta({ id: 'Earlier', description: 'Headline figures of an earlier report: k 10, one client, the default search.' })

/** The report as JSON: `promptloom report --json`, `<workspace>/reports/<run>.json`. */
export const reportSchema = z
  .strictObject({
    format: z.literal('promptloom-benchmark'),
    formatVersion: z.literal(1),
    run: z.string(),
    created: z.string().describe('ISO 8601, UTC.'),
    promptloom: z.string().describe('Version of the program.'),
    model: z.strictObject({
      name: z.string(),
      digest: z.string(),
      standIn: z.string().nullable().describe('What the model is a stand-in for, where it is one.'),
    }),
    targetRecall: z.number(),
    options: z.record(z.string(), z.json()),
    distributionShares: z.array(z.number()),
    tracks: z.array(trackSchema),
    choices: z.array(choiceSchema),
    builds: z.array(buildSchema),
    lifecycle: lifecycleSchema.nullable(),
    cutoffs: z
      .array(calibrationSummarySchema)
      .default([])
      .describe('Scores below which hits of a search are no better than chance; empty where none were looked for.'),
    ledger: z.array(ledgerSchema),
    hosts: z.array(hostSchema).describe('Most dead links first, at most 25.'),
    earlier: z.array(earlierSchema).describe('Oldest first.'),
    changes: z.array(z.string()).describe('What changed since the last report, in sentences.'),
    remarks: z.array(z.string()).describe('What a reader must know before trusting the figures.'),
    idle: loadSchema.nullable().describe('The busiest of the moments before measuring.'),
  })
  .meta({ id: 'Report', title: 'Benchmark report of promptloom' })

/** The whole report. */
export type Report = z.output<typeof reportSchema>
/** What one stage did, over all its committed shards. */
export type StageLedger = z.output<typeof ledgerSchema>
/** How the picture addresses of one host ended. */
export type HostLinks = z.output<typeof hostSchema>
/** Headline figures of an earlier report. */
export type Earlier = z.output<typeof earlierSchema>
/** A scratch copy's life. */
export type Lifecycle = z.output<typeof lifecycleSchema>
/** The last build of a table's index. */
export type Build = z.output<typeof buildSchema>
