import { z } from 'zod'
import { hitSchema, routeSchema } from './answer.ts'

/** One row of the collection as the API shows it. */
export const rowViewSchema = hitSchema
  .pick({
    id: true,
    prompt: true,
    url: true,
    width: true,
    height: true,
    source_site: true,
    origin: true,
    parents: true,
    hasPicture: true,
    thumbnail: true,
  })
  .extend({
    truncated: z.boolean().describe('Whether the prompt is longer than the model reads.'),
    clipScore: z
      .number()
      .nullable()
      .describe('Cosine similarity of the prompt’s and the picture’s vectors; null where one is missing.'),
  })
  .meta({ id: 'Row', description: 'One row of the collection.' })

/** How the cut-off of one route was set. */
export const calibrationSummarySchema = z
  .strictObject({
    route: routeSchema,
    score: z.number().nullable().describe('The cut-off; null where the model does not tell related from unrelated.'),
    words: z
      .strictObject({
        falseAcceptRate: z.number().describe('Of the same unrelated questions.'),
        missRate: z.number().describe('Of the same known pairs.'),
      })
      .optional()
      .describe('Where there is no cut-off, but questions are words: hits must hold enough of them; its two rates.'),
    measure: z
      .enum(['kind', 'shift', 'question', 'outside'])
      .describe(
        'What a score is counted against: random rows’ mean and deviation over all questions of the kind, the question’s own mean, the question’s own mean and deviation, or those of the kind less how far the question lies outside of what the collection holds; the one that told best.',
      ),
    mean: z.number().describe('Cosine similarity of questions of this kind with random rows: its mean.'),
    spread: z.number().describe('Its standard deviation.'),
    falseAcceptRate: z.number().describe('Of unrelated questions that were not used to set the cut-off.'),
    falseAcceptQuestions: z.int(),
    missRate: z.number().describe('Of known pairs that were not used to set it.'),
    missPairs: z.int(),
    separation: z
      .number()
      .describe('Chance that a right row scores more than the best hit of an unrelated question; 0.5 is a coin’s.'),
    pairs: z.string().describe('What the known pairs are.'),
    rows: z.int().describe('Rows of the table when it was calibrated.'),
    made: z.string().describe('When (ISO 8601, UTC).'),
  })
  .meta({ id: 'Calibration' })

/** What is served. */
export const collectionStatusSchema = z
  .strictObject({
    prompts: z.int().describe('Rows of the table of prompts.'),
    pictures: z.int().describe('Rows of the table of pictures.'),
    model: z.strictObject({ name: z.string(), digest: z.string(), dimension: z.int(), standIn: z.string().nullable() }),
    store: z.string().describe('The engine that answers, with its version.'),
    calibrated: z.boolean(),
    keywords: z.boolean().describe('Whether the engine has a text index for keyword search.'),
  })
  .meta({ id: 'Status' })

/** One row of the collection as the API shows it. */
export type RowView = z.output<typeof rowViewSchema>
/** How the cut-off of one route was set. */
export type CalibrationSummary = z.output<typeof calibrationSummarySchema>
/** What is served. */
export type CollectionStatus = z.output<typeof collectionStatusSchema>
