import { z } from 'zod'

/** How pictures that are kept are checked and stored: the same rules as those of fetched ones. */
export const pictureRules = z.strictObject({
  store: z.enum(['jpeg', 'webp', 'original']),
  quality: z.int(),
  maxSide: z.int(),
  minSide: z.int(),
  maxPixels: z.int(),
})

/** The nightly queue: prompts that are improved and painted when the stage runs. */
const queue = z.strictObject({
  source: z
    .union([
      z.strictObject({
        file: z.string().min(1).describe('A .txt (a prompt a line), .csv (column prompt) or .jsonl file.'),
      }),
      z.strictObject({ mostSearched: z.int().min(1).describe('So many of the questions that were asked most often.') }),
      z.strictObject({
        ratedUnder: z
          .number()
          .min(1)
          .max(5)
          .describe('Prompts of rows that are rated under this, by the latest word on each.'),
      }),
    ])
    .describe('Where the prompts come from.'),
  variants: z.int().min(1).max(50).default(1).describe('Improved prompts for each prompt. Default: 1.'),
  pictures: z
    .int()
    .min(0)
    .max(100)
    .default(1)
    .describe('Pictures for each improved prompt; 0 paints none. Default: 1.'),
  shardPrompts: z.int().min(1).default(25).describe('Prompts of one shard: what is committed together. Default: 25.'),
  concurrency: z.int().min(1).max(64).default(1).describe('Prompts in work at the same time. Default: 1.'),
  mostPictures: z
    .int()
    .min(1)
    .optional()
    .describe('Most pictures painted in any twelve hours; the rest is left to the next run. Default: no limit.'),
  refinesPerMinute: z
    .number()
    .positive()
    .optional()
    .describe('Most prompts sent to the refiner a minute. Default: no limit.'),
  paintsPerMinute: z
    .number()
    .positive()
    .optional()
    .describe('Most pictures asked of the painter a minute. Default: no limit.'),
})

/** Options of `feedback`, as written in the configuration file. */
export const feedbackOptions = z.strictObject({
  groupRows: z
    .int()
    .min(1)
    .default(64)
    .describe(
      'Rows that small batches are gathered to: what a kept picture costs at most to embed again. Default: 64.',
    ),
  queue: queue.optional().describe('What is improved and painted by night. Default: nothing.'),
  searchLog: z
    .boolean()
    .default(true)
    .describe(
      'Whether questions in words are counted in <workspace>/events/searches.jsonl, for the queue. They stay on this machine. Default: true.',
    ),
  pictures: pictureRules,
})

/** Options of `feedback` with every default filled in. */
export type FeedbackOptions = z.output<typeof feedbackOptions>
/** The nightly queue. */
export type QueueOptions = z.output<typeof queue>
/** How pictures are checked and stored. */
export type PictureRules = z.output<typeof pictureRules>

/** Options that change how fast or what is queued, never what becomes of rows that are in the inbox. */
export const speedOptions = ['queue', 'searchLog', 'groupRows'] as const
