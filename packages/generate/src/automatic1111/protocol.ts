import { z } from 'zod'

/** What `/sdapi/v1/txt2img` answers: pictures as base64, and how they were made as JSON in a string. */
export const txt2imgSchema = z.object({ images: z.array(z.string()), info: z.string() })

/** The part of `info` that is read; servers of other ages lack some of it. */
export const infoSchema = z.object({
  all_prompts: z.array(z.string()).optional(),
  all_negative_prompts: z.array(z.string()).optional(),
  all_seeds: z.array(z.number()).optional(),
  steps: z.number().optional(),
  sampler_name: z.string().optional(),
  cfg_scale: z.number().optional(),
  sd_model_name: z.string().nullish(),
  /** 1 where a grid of all pictures comes first. */
  index_of_first_image: z.number().int().min(0).optional(),
})

/** What `/sdapi/v1/progress` answers. */
export const progressSchema = z.object({
  progress: z.number(),
  state: z.object({
    interrupted: z.boolean().optional(),
    job_count: z.number().optional(),
    sampling_step: z.number().optional(),
    sampling_steps: z.number().optional(),
  }),
  /** The task that is being painted; servers before 1.8 don't tell. */
  current_task: z.string().nullish(),
})

/** One entry of `/sdapi/v1/sd-models`. */
export const modelsSchema = z.array(
  z.object({ title: z.string(), model_name: z.string(), hash: z.string().nullish(), filename: z.string().optional() }),
)

const errorSchema = z.object({
  error: z.string().optional(),
  detail: z
    .union([z.string(), z.array(z.object({ loc: z.array(z.unknown()).optional(), msg: z.string() }))])
    .optional(),
  errors: z.string().optional(),
})

/** Why the server failed, in its own words. */
export function errorReason(body: unknown): string | undefined {
  const parsed = errorSchema.safeParse(body)
  if (!parsed.success) return undefined
  const { detail, error, errors } = parsed.data
  if (detail === 'Not Found') return 'it has no such API; start it with --api'
  if (Array.isArray(detail)) return detail.map(({ loc, msg }) => `${loc?.join('.') ?? 'request'}: ${msg}`).join('; ')
  return [error, detail, errors].filter(Boolean).join(': ') || undefined
}
