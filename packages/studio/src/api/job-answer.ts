import { z } from 'zod'
import { jobSchema } from './job.ts'

/** Answer of every request that starts, cancels or tries a job again, and of `GET /api/jobs/{id}`. */
export const jobAnswerSchema = z.strictObject({ job: jobSchema }).meta({ id: 'JobAnswer' })

/** Answer of `GET /api/jobs`. */
export const jobListSchema = z
  .strictObject({ jobs: z.array(jobSchema).describe('Newest first.') })
  .meta({ id: 'JobList' })

/** A job, as its requests are answered. */
export type JobAnswer = z.output<typeof jobAnswerSchema>
/** Jobs, newest first. */
export type JobList = z.output<typeof jobListSchema>
