import { z } from 'zod'
import { makerSchema } from './maker.ts'

/** What a job is at. */
export const jobStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])

/** One improved prompt. */
export const variantSchema = z.strictObject({
  prompt: z.string(),
  reason: z.string(),
  neighbours: z.array(z.string()).describe('Ids of the neighbours that it draws on.'),
})

/** A row that a refiner was shown. */
export const jobNeighbourSchema = z.strictObject({
  id: z.string(),
  prompt: z.string(),
  similarity: z.number().describe('Cosine similarity to what was searched for.'),
})

/** One painted picture; its bytes are at `/api/jobs/{id}/pictures/{position}`. */
export const jobPictureSchema = z.strictObject({
  position: z.int().min(0),
  width: z.int(),
  height: z.int(),
  mediaType: z.string(),
  prompt: z.string(),
  negativePrompt: z.string(),
  seed: z.number().nullable(),
  steps: z.number().nullable(),
  sampler: z.string().nullable(),
  cfg: z.number().nullable(),
  model: z.string().nullable(),
})

/** What a keep job did with one picture. */
export const keptSchema = z.strictObject({
  position: z.int().min(0),
  id: z.string().describe('Id of the row that it became.'),
  outcome: z.string().describe('`ok`, `duplicate`, or why it was refused.'),
})

/** A long operation: it goes on when the page is closed and is read again after a reload. */
export const jobSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['refine', 'paint', 'keep']),
    state: jobStateSchema,
    created: z.string().describe('ISO 8601, UTC.'),
    ended: z.string().nullable(),
    request: z.record(z.string(), z.unknown()).describe('The body that started it.'),
    maker: makerSchema.nullable().describe('Who works; null for `keep`.'),
    progress: z.strictObject({
      fraction: z.number().nullable().describe('From 0 to 1; null where it is not told.'),
      state: z.string().describe('What goes on, in words.'),
    }),
    neighbours: z.array(jobNeighbourSchema).describe('Of a refine job: the rows that the refiner was shown.'),
    variants: z.array(variantSchema),
    pictures: z.array(jobPictureSchema),
    kept: z.array(keptSchema),
    searchable: z.boolean().describe('Of a keep job: the rows are in the search already, not only in the inbox.'),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Job' })

/** One event of a job; `GET /api/jobs/{id}/events` sends each with its type as the event’s name. */
export const jobEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('neighbours'), neighbours: z.array(jobNeighbourSchema) }),
  z.strictObject({ type: z.literal('progress'), fraction: z.number().nullable(), state: z.string() }),
  z.strictObject({ type: z.literal('variant'), position: z.int().min(0), variant: variantSchema }),
  z.strictObject({ type: z.literal('picture'), picture: jobPictureSchema }),
  z.strictObject({ type: z.literal('kept'), kept: keptSchema }),
  z.strictObject({ type: z.literal('end'), job: jobSchema }),
  z.strictObject({ type: z.literal('again'), job: jobSchema }),
])

/** A long operation. */
export type Job = z.output<typeof jobSchema>
/** One event of a job. */
export type JobEvent = z.output<typeof jobEventSchema>
/** One improved prompt. */
export type Variant = z.output<typeof variantSchema>
/** A row that a refiner was shown. */
export type JobNeighbour = z.output<typeof jobNeighbourSchema>
/** One painted picture. */
export type JobPicture = z.output<typeof jobPictureSchema>
