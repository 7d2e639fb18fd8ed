import { z } from 'zod'

const outcomes = z.record(z.string(), z.int()).describe('Rows by outcome.')

/** Where one stage stands. */
export const stageStandSchema = z
  .strictObject({
    name: z.string(),
    shards: z.strictObject({ done: z.int(), total: z.int() }),
    rows: z.int().describe('Rows that came into the committed shards.'),
    outcomes,
    kinds: z
      .record(z.string(), z.enum(['ok', 'final', 'transient']))
      .describe('How each outcome counts: `ok` rows go on, `final` rows never will, `transient` ones are tried again.'),
    transient: z.int().describe('Rows that the next run tries again.'),
    balanced: z.boolean().describe('Whether every row of every committed shard ended in an outcome.'),
    bytes: z.int().describe('Of the committed files.'),
    seconds: z.number().describe('Of work, summed over shards.'),
    rate: z.number().describe('Rows a second of that work.'),
  })
  .meta({ id: 'StageStand' })

/** Answer of `GET /api/pipeline`: every stage with its ledger, and who is at work. */
export const pipelineStandSchema = z
  .strictObject({
    workspace: z.string(),
    balanced: z.boolean(),
    complete: z.boolean().describe('Whether every planned shard is done.'),
    stages: z.array(stageStandSchema).describe('In the order in which they run.'),
    runningSince: z
      .strictObject({ pid: z.int(), host: z.string(), since: z.string(), here: z.boolean() })
      .nullable()
      .describe('The process that works on the workspace now; `here`: the studio itself.'),
    lent: z
      .string()
      .nullable()
      .describe('Why searches must wait: the run that has the database. Null where they need not.'),
  })
  .meta({ id: 'PipelineStand' })

/** What one stage did in one run. */
export const stageReportSchema = z
  .object({
    stage: z.string(),
    planned: z.int(),
    ran: z.int(),
    skipped: z.int(),
    removed: z.int(),
    rows: z.int(),
    outcomes,
    failures: z.array(z.object({ shard: z.string(), message: z.string() })),
    seconds: z.number(),
    peakBytes: z.number(),
  })
  .meta({ id: 'StageReport' })

/** One run. */
export const runSchema = z
  .strictObject({
    run: z.string(),
    started: z.string().describe('ISO 8601, UTC.'),
    ended: z.string().nullable().describe('Null while it goes on, and for ever where it was killed.'),
    state: z.enum(['running', 'done', 'failed', 'interrupted', 'killed']),
    exitCode: z.int().nullable(),
    seconds: z.number().nullable(),
    error: z.string().nullable(),
    stages: z.array(stageReportSchema),
  })
  .meta({ id: 'Run' })

/** Answer of `GET /api/runs`. */
export const runListSchema = z
  .strictObject({ runs: z.array(runSchema).describe('Newest first.') })
  .meta({ id: 'RunList' })

/** One line of the runs' log; `GET /api/runs/events` sends each as an event `line`. */
export const logLineSchema = z
  .object({
    time: z.string(),
    run: z.string(),
    level: z.number().optional().describe('40 and above: a warning.'),
    msg: z.string().describe('The kind of event, e.g. `stage-start`, `shard-done`; anything else is a message.'),
  })
  .meta({ id: 'LogLine', description: 'What else a line holds depends on its kind.' })

/** Answer of `GET /api/reports`. */
export const reportListSchema = z
  .strictObject({
    reports: z
      .array(
        z.strictObject({
          name: z.string().describe('The page is at `/reports/{name}`.'),
          bytes: z.int(),
          modified: z.string(),
        }),
      )
      .describe('Newest first.'),
  })
  .meta({ id: 'ReportList' })

/** Where one stage stands. */
export type StageStand = z.output<typeof stageStandSchema>
/** Every stage with its ledger, and who is at work. */
export type PipelineStand = z.output<typeof pipelineStandSchema>
/** One run. */
export type Run = z.output<typeof runSchema>
/** Runs, newest first. */
export type RunList = z.output<typeof runListSchema>
/** Reports, newest first. */
export type ReportList = z.output<typeof reportListSchema>
