import { endpoint } from '@promptloom/search/server/endpoint'
import { pipelineStandSchema, reportListSchema, runListSchema, runSchema } from '@promptloom/studio/api/run'
import { z } from 'zod'

/** `GET /api/pipeline`. */
export const getPipeline = endpoint({
  method: 'GET',
  path: '/api/pipeline',
  operationId: 'pipeline',
  summary: 'Every stage with its ledger, and who is at work',
  answers: { 200: { description: 'Where the workspace stands.', schema: pipelineStandSchema } },
})

/** `GET /api/runs`. */
export const getRuns = endpoint({
  method: 'GET',
  path: '/api/runs',
  operationId: 'runs',
  summary: 'The runs that are on record',
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  answers: { 200: { description: 'Newest first.', schema: runListSchema } },
})

/** `GET /api/runs/events`; listed before `/api/runs/{id}`, which would match it too. */
export const getRunEvents = endpoint({
  method: 'GET',
  path: '/api/runs/events',
  operationId: 'runEvents',
  summary: 'What runs tell, as they tell it',
  description:
    'Server-sent events `line`: the log of the last run from its beginning, then whatever is written, whichever ' +
    'process runs. `Last-Event-ID` goes on behind that event.',
  answers: { 200: { description: 'Lines of the log (LogLine).', media: ['text/event-stream'] } },
})

/** `GET /api/runs/{id}`. */
export const getRun = endpoint({
  method: 'GET',
  path: '/api/runs/{id}',
  operationId: 'run',
  summary: 'One run',
  params: z.strictObject({ id: z.string().regex(/^[0-9A-Za-z-]{1,60}$/) }),
  answers: { 200: { description: 'The run.', schema: runSchema } },
})

/** `GET /api/reports`. */
export const getReports = endpoint({
  method: 'GET',
  path: '/api/reports',
  operationId: 'reports',
  summary: 'The reports of benchmarks',
  answers: { 200: { description: 'Newest first.', schema: reportListSchema } },
})

/** `GET /reports/{name}`. */
export const getReport = endpoint({
  method: 'GET',
  path: '/reports/{name}',
  operationId: 'report',
  summary: 'One report as a page',
  description: 'A page that has everything inside it. It is shown in a sandbox: no script runs, nothing is loaded.',
  params: z.strictObject({ name: z.string().min(1).max(160).describe('A name that `/api/reports` lists.') }),
  answers: { 200: { description: 'The page.', media: ['text/html'] } },
})

/** Every endpoint about runs. */
export const runEndpoints = [getPipeline, getRuns, getRunEvents, getRun, getReports, getReport] as const
