import { z } from 'zod'

/**
 * The way by which a row was found: what was asked with → what it was compared with. `keywords` is the text index.
 * In `picture→pictures’ prompts` the question's picture was compared with pictures and the hit is their prompt.
 */
export const routeSchema = z
  .enum([
    'text→prompts',
    'text→pictures',
    'picture→prompts',
    'picture→pictures',
    'mixed→prompts',
    'mixed→pictures',
    'keywords',
  ])
  .meta({ id: 'Route', description: 'What was asked with → what it was compared with.' })

/** Why a row is among the hits, by one route. */
export const reasonSchema = z
  .strictObject({
    route: routeSchema,
    rank: z.int().min(1).describe('Place in this route’s own ranking.'),
    distance: z.number().optional().describe('Cosine distance, 0 to 2; absent for keywords.'),
    score: z
      .number()
      .optional()
      .describe('Standard deviations by which the row is more similar than random rows are to the same question.'),
    note: z.string().describe('The same in words.'),
  })
  .meta({ id: 'Reason' })

/** One row of the answer. */
export const hitSchema = z
  .strictObject({
    rank: z.int().min(1).describe('Place in the whole answer, over all pages.'),
    id: z.string(),
    prompt: z.string(),
    url: z.string().describe('Address of the picture at its source; empty where there is none.'),
    width: z.int().describe('Pixels; 0 where unknown.'),
    height: z.int(),
    source_site: z.string(),
    origin: z.enum(['dataset', 'refined', 'generated']),
    parents: z.array(z.string()).describe('Ids of the rows that this one was made from.'),
    distance: z
      .number()
      .nullable()
      .describe(
        'Cosine distance of the question to the row, 0 to 2, by its best route; null: found by keywords alone.',
      ),
    score: z
      .number()
      .nullable()
      .describe('The best route’s score: standard deviations above random rows; null: found by keywords alone.'),
    why: z.array(reasonSchema).min(1),
    hasPicture: z.boolean().describe('Whether a local picture exists.'),
    thumbnail: z.string().nullable().describe('Path of the local thumbnail in the HTTP API; null where there is none.'),
    copies: z
      .array(z.string())
      .describe('Ids of near-duplicates that were folded into this hit, nearest first, at most 50.'),
    copyCount: z.int().min(0).describe('How many were folded.'),
  })
  .meta({ id: 'Hit', description: 'One row of the answer.' })

/** How the cut-off for this question came about. */
export const cutoffSchema = z
  .strictObject({
    state: z
      .enum(['calibrated', 'stale', 'words', 'pictures', 'uncalibrated', 'off'])
      .describe(
        '`stale`: the collection has changed since; the old cut-off is used. `words`: the model does not tell, so hits must hold the words. `pictures`: it does not tell which prompts describe a picture, so hits are prompts of similar enough pictures. `uncalibrated`: nothing is cut off.',
      ),
    score: z.number().nullable().describe('Hits below this score are left out; null where nothing is.'),
    falseAcceptRate: z
      .number()
      .nullable()
      .describe('Share of unrelated questions, none of them used to set the cut-off, that still get a hit.'),
    missRate: z.number().nullable().describe('Share of known pairs whose right row is cut off.'),
    note: z.string().describe('The same in words.'),
  })
  .meta({ id: 'Cutoff' })

/** The answer to a question. */
export const answerSchema = z
  .strictObject({
    find: z.enum(['prompts', 'pictures']),
    hits: z.array(hitSchema).describe('Best first.'),
    page: z.int().min(1),
    k: z.int().min(1),
    more: z.boolean().describe('Whether a next page has hits.'),
    verdict: z
      .enum(['found', 'nothing_similar', 'no_match'])
      .describe(
        '`nothing_similar`: rows exist but none is similar enough; `no_match`: no row meets filters and phrases.',
      ),
    note: z.string().describe('One sentence that says what was found, or why nothing was.'),
    closest: z
      .strictObject({ id: z.string(), prompt: z.string(), score: z.number(), distance: z.number() })
      .nullable()
      .describe('With `nothing_similar`: the nearest row and how far below the cut-off it is.'),
    cutoff: cutoffSchema,
    model: z.strictObject({
      name: z.string(),
      digest: z.string(),
      standIn: z
        .string()
        .nullable()
        .describe('What the model is a stand-in for, where it is one; show it to the user.'),
    }),
    warnings: z.array(z.string()).describe('E.g. words beyond the token limit, an index that is not yet built.'),
    timings: z
      .record(z.string(), z.number())
      .describe(
        'Milliseconds by part: `encode` (the model), `store` (searching the tables), `rank` (fusing, weighing, folding), `rows` (what is known of the page’s hits), `total`.',
      ),
  })
  .meta({ id: 'Answer', description: 'The answer to a question.' })

/** Why a row is among the hits, by one route. */
export type Reason = z.output<typeof reasonSchema>
/** The way by which a row was found. */
export type Route = z.output<typeof routeSchema>
/** One row of the answer. */
export type Hit = z.output<typeof hitSchema>
/** How the cut-off for a question came about. */
export type Cutoff = z.output<typeof cutoffSchema>
/** The answer to a question. */
export type Answer = z.output<typeof answerSchema>
