import { storeConfig } from '@promptloom/store/config'
import { z } from 'zod'
import { TRACK_NAMES } from './track.ts'

const numbers = (item: z.ZodType<number>) => z.array(item).min(1)

/** Options of the benchmark that say what is measured, as written in the configuration file. */
export const measureOptions = z.strictObject({
  queries: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe(
      'Questions of each kind. Default 1000, enough for ±0.5 points of recall@10 at the 95 % level near the target; the interval is printed with every recall.',
    ),
  seed: z
    .string()
    .min(1)
    .default('promptloom')
    .describe('Decides which rows become questions. Default: promptloom. The same seed asks the same questions.'),
  tracks: z
    .array(z.enum(TRACK_NAMES))
    .min(1)
    .optional()
    .describe('Kinds of questions. Default: every kind that the tables and the question file allow.'),
  questions: z
    .string()
    .min(1)
    .optional()
    .describe('Text file with a real question a line, embedded by the model. Default: none.'),
  sweep: z
    .enum(['quick', 'full'])
    .default('quick')
    .describe(
      'How much is measured. Default quick: k 10 with four efforts, and the default search with a filter of 1 % and with 4 clients. full: k 1, 10 and 100, all efforts and exact, clients 1 to 16, filters of 10, 1 and 0.1 %.',
    ),
  k: numbers(z.int().min(1).max(1000)).optional().describe('Lengths of answers. Default: by sweep.'),
  efforts: numbers(z.number().positive())
    .optional()
    .describe('Efforts of the index: ef (HNSW) or alpha (MSTG). Default: by sweep and engine.'),
  clients: numbers(z.int().min(1).max(256)).optional().describe('Questions asked at the same time. Default: by sweep.'),
  filters: z
    .array(z.number().gt(0).lt(1))
    .optional()
    .describe('Shares of rows that filters let through, 0.01 for 1 %. Default: by sweep.'),
  cellSeconds: z
    .number()
    .positive()
    .optional()
    .describe(
      'Longest time for one setting, in seconds; a slow one answers fewer questions, and their number is printed. Default: 1.5 for small tables, up to 12 from 240,000 rows on.',
    ),
  tolerance: z
    .number()
    .min(0)
    .max(0.1)
    .default(1e-6)
    .describe('Cosine distances that differ by no more count as the same (ties). Default 0.000001, about float32.'),
  targetRecall: z
    .number()
    .gt(0)
    .max(1)
    .default(0.99)
    .describe('Recall@10 that the chosen search setting must reach. Default 0.99.'),
  lifecycleRows: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'Rows of a scratch copy that is built, added to, merged and restarted, with questions that it has never seen. Default 0: left out; 100000 takes a few minutes.',
    ),
  calibrate: z
    .boolean()
    .default(true)
    .describe(
      'Find the score below which hits of a search are no better than chance, and use it in every search. Default true: once a model, and again when a table has grown by a fifth; embeds about 400 texts and 500 pictures.',
    ),
  repeat: z
    .enum(['changed', 'always'])
    .default('changed')
    .describe(
      'When to measure again. Default changed: when rows, index, model, engine or options differ. always: in every run.',
    ),
  keep: z
    .int()
    .min(1)
    .max(10_000)
    .default(30)
    .describe('Reports kept in <workspace>/reports; older ones go. Default 30.'),
})

/** Options of the benchmark stage: what is measured, and where. */
export const benchmarkOptions = measureOptions.extend({
  store: storeConfig
    .optional()
    .describe("The database under test. Default: the embedded engine in the workspace's folder store/."),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('Model directory that embeds the real questions and is named in the report. Default: none.'),
})

/** Parsed options of the benchmark stage. */
export type BenchmarkOptions = z.output<typeof benchmarkOptions>

/** Options that decide no figure: where the database is, where the model lies, how many reports are kept. */
export const speedOptions = ['store', 'model', 'keep', 'repeat', 'calibrate'] as const
