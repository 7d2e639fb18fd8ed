import { endpoint } from '@promptloom/search/server/endpoint'
import { jobAnswerSchema, jobListSchema } from '@promptloom/studio/api/job-answer'
import { keepRequestSchema, paintRequestSchema, refineRequestSchema } from '@promptloom/studio/api/job-request'
import { makersSchema } from '@promptloom/studio/api/maker'
import { z } from 'zod'

const jobId = z.string().regex(/^[0-9A-Za-z-]{1,60}$/, 'is no id of a job')
const params = z.strictObject({ id: jobId })
/** POST without anything to say: the body is there so that a form of another page cannot pass for it. */
const nothing = z.strictObject({})
const started = {
  202: { description: 'The job has begun, or waits; follow its events.', schema: jobAnswerSchema },
}
const job = { 200: { description: 'The job.', schema: jobAnswerSchema } }

/** `GET /api/makers`. */
export const getMakers = endpoint({
  method: 'GET',
  path: '/api/makers',
  operationId: 'makers',
  summary: 'Who refines and who paints',
  answers: { 200: { description: 'Both, stand-ins named as such.', schema: makersSchema } },
})

/** `POST /api/refine`. */
export const postRefine = endpoint({
  method: 'POST',
  path: '/api/refine',
  operationId: 'refine',
  summary: 'Improve a prompt',
  description: 'Starts a job: neighbours are looked up, and the refiner writes variants grounded in them.',
  body: refineRequestSchema,
  answers: started,
})

/** `POST /api/paint`. */
export const postPaint = endpoint({
  method: 'POST',
  path: '/api/paint',
  operationId: 'paint',
  summary: 'Paint pictures',
  description: 'Starts a job. Where no seed is given one is drawn, and shown in the job’s request.',
  body: paintRequestSchema,
  answers: started,
})

/** `POST /api/keep`. */
export const postKeep = endpoint({
  method: 'POST',
  path: '/api/keep',
  operationId: 'keep',
  summary: 'Put painted pictures into the collection',
  description:
    'Starts a job: pictures and prompts become rows, with where they come from. They are found by the next search, ' +
    'or, where another process works on the collection, when its next run has ended.',
  body: keepRequestSchema,
  answers: started,
})

/** `GET /api/jobs`. */
export const getJobs = endpoint({
  method: 'GET',
  path: '/api/jobs',
  operationId: 'jobs',
  summary: 'All jobs that are remembered',
  answers: { 200: { description: 'Newest first.', schema: jobListSchema } },
})

/** `GET /api/jobs/{id}`. */
export const getJob = endpoint({
  method: 'GET',
  path: '/api/jobs/{id}',
  operationId: 'job',
  summary: 'One job as it is now',
  params,
  answers: job,
})

/** `GET /api/jobs/{id}/events`. */
export const getJobEvents = endpoint({
  method: 'GET',
  path: '/api/jobs/{id}/events',
  operationId: 'jobEvents',
  summary: 'What a job tells, from its beginning to its end',
  description:
    'Server-sent events of the types `neighbours`, `progress`, `variant`, `picture`, `kept`, `again` and `end`, after ' +
    'which the stream ends. `Last-Event-ID` goes on behind that event, also after a restart of the server.',
  params,
  answers: { 200: { description: 'Events (JobEvent).', media: ['text/event-stream'] } },
})

/** `POST /api/jobs/{id}/cancel`. */
export const postCancel = endpoint({
  method: 'POST',
  path: '/api/jobs/{id}/cancel',
  operationId: 'cancelJob',
  summary: 'Stop a job, down to the server that paints for it',
  params,
  body: nothing,
  answers: job,
})

/** `POST /api/jobs/{id}/again`. */
export const postAgain = endpoint({
  method: 'POST',
  path: '/api/jobs/{id}/again',
  operationId: 'tryJobAgain',
  summary: 'Go on with a job that failed, was cancelled or was cut off',
  description: 'What it had made stays, and is neither made nor paid for a second time.',
  params,
  body: nothing,
  answers: started,
})

/** `GET /api/jobs/{id}/pictures/{position}`. */
export const getJobPicture = endpoint({
  method: 'GET',
  path: '/api/jobs/{id}/pictures/{position}',
  operationId: 'jobPicture',
  summary: 'A picture that a job has painted',
  params: z.strictObject({ id: jobId, position: z.coerce.number().int().min(0).max(1_000) }),
  answers: { 200: { description: 'The picture.', media: ['image/png', 'image/jpeg', 'image/webp'] } },
})

/** Every endpoint about jobs. */
export const jobEndpoints = [
  getMakers,
  postRefine,
  postPaint,
  postKeep,
  getJobs,
  getJob,
  getJobEvents,
  postCancel,
  postAgain,
  getJobPicture,
] as const
