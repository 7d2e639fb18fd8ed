import { z } from 'zod'

const prompt = z.string().trim().min(1).max(20_000)
const ids = z.array(z.string().min(1).max(500)).max(50)

/** Body of `POST /api/refine`. */
export const refineRequestSchema = z
  .strictObject({
    prompt: prompt.describe('The user’s own words.'),
    neighbours: ids.optional().describe('Ids of rows to draw on; default: the nearest of the collection.'),
    like: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe('Id of a row whose picture is searched with, beside the words.'),
    variants: z.int().min(1).max(12).default(3),
    seed: z.int().min(0).max(4_294_967_295).optional(),
  })
  .meta({ id: 'RefineRequest' })

/** Body of `POST /api/paint`. */
export const paintRequestSchema = z
  .strictObject({
    prompt: prompt.describe('What is painted.'),
    negativePrompt: z.string().max(20_000).optional(),
    count: z.int().min(1).max(16).default(1).describe('Pictures.'),
    seed: z.int().min(0).max(4_294_967_295).optional().describe('Picture i is painted with seed + i; default: random.'),
    width: z.int().min(16).max(4096).optional().describe('Pixels.'),
    height: z.int().min(16).max(4096).optional(),
    steps: z.int().min(1).max(1000).optional(),
    parents: ids.default([]).describe('Ids of the rows that inspired it; the pictures’ parents when kept.'),
    refined: z
      .strictObject({ job: z.string().min(1).max(100), variant: z.int().min(0).max(50) })
      .optional()
      .describe('The variant that the prompt comes from; its lineage goes with the pictures.'),
  })
  .meta({ id: 'PaintRequest' })

/** Body of `POST /api/keep`. */
export const keepRequestSchema = z
  .strictObject({
    job: z.string().min(1).max(100).describe('The paint job.'),
    pictures: z.array(z.int().min(0)).min(1).max(16).describe('Positions of the pictures to keep.'),
  })
  .meta({ id: 'KeepRequest' })

/** Body of `POST /api/rows/{id}/rating`. */
export const ratingRequestSchema = z.strictObject({ rating: z.int().min(1).max(5) }).meta({ id: 'RatingRequest' })

/** Body of `POST /api/rows/{id}/forget`. */
export const forgetRequestSchema = z
  .strictObject({ reason: z.string().trim().max(500).default('') })
  .meta({ id: 'ForgetRequest' })

/** Body of `POST /api/refine`, as a page sends it. */
export type RefineRequest = z.input<typeof refineRequestSchema>
/** Body of `POST /api/paint`, as a page sends it. */
export type PaintRequest = z.input<typeof paintRequestSchema>
/** Body of `POST /api/keep`, as a page sends it. */
export type KeepRequest = z.input<typeof keepRequestSchema>
