import { z } from 'zod'
import { filtersSchema } from './filters.ts'

/** Characters of one text; a CLIP text encoder reads 77 tokens, which is far less. */
export const TEXT_LIMIT = 2_000
/** Ids may be UUIDs, paths or whatever a collection uses. */
const ID_LIMIT = 500
const URL_LIMIT = 4_000
/** Ranks past this are never computed: nobody reads them, and the work grows with them. */
export const DEPTH_LIMIT = 10_000

const weight = z
  .number()
  .min(-10)
  .max(10)
  .refine((value) => value !== 0, 'must not be 0')
  .default(1)
  .describe('How much this term counts beside the others; negative: away from it.')

const weighting = z.number().min(0).max(10).default(0)

const text = z
  .string()
  .trim()
  .min(1, 'there are no words; write some')
  .max(TEXT_LIMIT, `more than ${TEXT_LIMIT} characters; shorten it`)
  .describe(`Words, at most ${TEXT_LIMIT} characters; beyond the model’s token limit the rest is not read.`)

/** One part of a question: words, or a picture given by address, by a row's id, or as an upload. */
export const termSchema = z
  .union([
    z.strictObject({ text, weight }),
    z.strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .max(URL_LIMIT)
        .describe('Address of a picture; private networks are refused.'),
      weight,
    }),
    z.strictObject({
      id: z.string().min(1).max(ID_LIMIT).describe('Id of a row of the collection: “more like this”.'),
      use: z
        .enum(['picture', 'prompt', 'auto'])
        .default('auto')
        .describe('Which of the row’s two vectors; `auto`: its picture where it has one, else its prompt.'),
      weight,
    }),
    z.strictObject({
      upload: z.string().min(1).max(100).describe('Name of the multipart field that holds the picture’s bytes.'),
      weight,
    }),
  ])
  .meta({ id: 'Term', description: 'One part of a question, with its weight.' })

/** What is asked of a collection. */
export const questionSchema = z
  .strictObject({
    find: z
      .enum(['prompts', 'pictures'])
      .default('prompts')
      .describe('What is wanted. A picture alone and `prompts` asks which prompts could have made it.'),
    terms: z
      .array(termSchema)
      .max(16)
      .default([])
      .describe('What it should be like; at least one term must have a positive weight, unless phrases are given.'),
    hybrid: z
      .boolean()
      .default(false)
      .describe('Fuse the keyword ranking of the words with the vector ranking (names that an embedding blurs).'),
    phrases: z
      .array(z.string().trim().min(1).max(200))
      .max(8)
      .default([])
      .describe('Each must occur in the prompt as written, upper and lower case alike.'),
    filters: filtersSchema.prefault({}),
    k: z.int().min(1).max(200).default(10).describe('Hits a page, after folding.'),
    page: z.int().min(1).max(DEPTH_LIMIT).default(1).describe('Page, counted from 1.'),
    cutoff: z
      .boolean()
      .default(true)
      .describe('Leave out hits that are no more similar than unrelated ones are, by the collection’s calibration.'),
    ratingWeight: weighting.describe(
      'How far ratings move rows, in standard deviations of similarity for the best rating; 0: not at all.',
    ),
    clipScoreWeight: weighting.describe(
      'How far it moves rows that picture and prompt fit each other, in standard deviations for each of the CLIP score; 0: not at all.',
    ),
    fold: z.boolean().default(true).describe('Show near-duplicates as one hit with a count.'),
  })
  .refine(({ terms, phrases }) => terms.some((term) => term.weight > 0) || phrases.length > 0, {
    message: 'A question needs at least one term with a positive weight, or a phrase',
    path: ['terms'],
  })
  .refine(({ k, page }) => k * page <= DEPTH_LIMIT, {
    message: `k times page must not exceed ${DEPTH_LIMIT}`,
    path: ['page'],
  })
  .meta({ id: 'Question', description: 'What is asked of a collection.' })

/** One part of a question, parsed. */
export type Term = z.output<typeof termSchema>
/** A question, parsed: every default is filled in. */
export type Question = z.output<typeof questionSchema>
/** A question as a caller may write it. */
export type QuestionInput = z.input<typeof questionSchema>
