import { endpoint } from '@promptloom/search/server/endpoint'
import { forgetRequestSchema, ratingRequestSchema } from '@promptloom/studio/api/job-request'
import { lineageSchema } from '@promptloom/studio/api/lineage'
import { z } from 'zod'

const params = z.strictObject({ id: z.string().min(1).max(500).describe('Id of a row.') })
const done = { 200: { description: 'It is done.', schema: z.strictObject({ ok: z.literal(true) }) } }

/** `POST /api/rows/{id}/rating`. */
export const postRating = endpoint({
  method: 'POST',
  path: '/api/rows/{id}/rating',
  operationId: 'rateRow',
  summary: 'Rate a row from 1 to 5',
  params,
  body: ratingRequestSchema,
  answers: done,
})

/** `POST /api/rows/{id}/forget`. */
export const postForget = endpoint({
  method: 'POST',
  path: '/api/rows/{id}/forget',
  operationId: 'forgetRow',
  summary: 'Take a row out of the collection, for good',
  description:
    'The row, its picture, its vectors and what was made from it; a tombstone keeps it from coming back. Searches leave ' +
    'it out at once, files and database follow.',
  params,
  body: forgetRequestSchema,
  answers: { 200: { description: 'What became of it.', schema: z.strictObject({ note: z.string() }) } },
})

/** `GET /api/rows/{id}/lineage`. */
export const getLineage = endpoint({
  method: 'GET',
  path: '/api/rows/{id}/lineage',
  operationId: 'lineage',
  summary: 'Where a row comes from, and what came of it',
  params,
  answers: { 200: { description: 'The row with its ancestors and descendants.', schema: lineageSchema } },
})

/** Every endpoint that the loop adds to rows. */
export const rowEndpoints = [postRating, postForget, getLineage] as const
