import { z } from 'zod'
import { answerSchema } from '../answer.ts'
import { browsedSchema } from '../browse.ts'
import { questionSchema } from '../question.ts'
import { calibrationSummarySchema, collectionStatusSchema, rowViewSchema } from '../row-view.ts'
import { endpoint } from './endpoint.ts'
import { linkQuerySchema } from './link.ts'

const id = z.strictObject({ id: z.string().min(1).max(500).describe('Id of a row.') })
const found = { 200: { description: 'The answer, also when nothing is similar enough.', schema: answerSchema } }

/** `POST /api/search`: the whole of what can be asked. */
export const postSearch = endpoint({
  method: 'POST',
  path: '/api/search',
  operationId: 'search',
  summary: 'Ask a question',
  description:
    'As `application/json`, a Question. As `multipart/form-data`, the field `question` holds the Question as JSON and ' +
    'each other field a picture that a term names by `{"upload": "<field>"}`; without `question`, all uploaded ' +
    'pictures are the terms, and pictures are found.',
  body: questionSchema,
  multipart: {
    field: 'question',
    alone: (uploads) => ({ find: 'pictures', terms: uploads.map((upload) => ({ upload })) }),
  },
  answers: found,
})

/** `GET /api/search`: the same for links. */
export const getSearch = endpoint({
  method: 'GET',
  path: '/api/search',
  operationId: 'searchByLink',
  summary: 'Ask a question by a link',
  description: 'The same answers as POST, for what fits into an address.',
  query: linkQuerySchema,
  answers: found,
})

/** `GET /api/browse`. */
export const getBrowse = endpoint({
  method: 'GET',
  path: '/api/browse',
  operationId: 'browse',
  summary: 'Look around without a question',
  description: 'A page of pictures where the collection has any, else of prompts.',
  query: z.strictObject({
    order: z.enum(['shuffled', 'newest']).default('shuffled'),
    seed: z.coerce.number().int().min(0).max(4_294_967_295).default(0).describe('Another seed, another order.'),
    k: z.coerce.number().int().min(1).max(200).default(60).describe('Rows a page.'),
    page: z.coerce.number().int().min(1).max(10_000).default(1),
  }),
  answers: { 200: { description: 'The rows.', schema: browsedSchema } },
})

/** `GET /api/rows/{id}`. */
export const getRow = endpoint({
  method: 'GET',
  path: '/api/rows/{id}',
  operationId: 'row',
  summary: 'One row of the collection',
  params: id,
  answers: { 200: { description: 'The row.', schema: rowViewSchema } },
})

/** `GET /api/rows/{id}/thumbnail`. */
export const getThumbnail = endpoint({
  method: 'GET',
  path: '/api/rows/{id}/thumbnail',
  operationId: 'thumbnail',
  summary: 'A row’s picture, made small',
  description: 'Fits into a square of `size` pixels, never enlarged, as WebP. May be cached for good by its ETag.',
  params: id,
  query: z.strictObject({
    size: z.coerce.number().int().min(16).max(1024).default(256).describe('Pixels of the longer side.'),
  }),
  answers: { 200: { description: 'The picture.', media: ['image/webp'] } },
})

/** `GET /api/rows/{id}/picture`. */
export const getPicture = endpoint({
  method: 'GET',
  path: '/api/rows/{id}/picture',
  operationId: 'picture',
  summary: 'A row’s picture as it was fetched',
  params: id,
  answers: {
    200: { description: 'The picture.', media: ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'] },
  },
})

/** `GET /api/status`. */
export const getStatus = endpoint({
  method: 'GET',
  path: '/api/status',
  operationId: 'status',
  summary: 'The collection, its model, its calibration',
  answers: { 200: { description: 'What is served.', schema: collectionStatusSchema } },
})

/** `GET /api/calibration`. */
export const getCalibration = endpoint({
  method: 'GET',
  path: '/api/calibration',
  operationId: 'calibration',
  summary: 'How the cut-offs were set, and their two rates',
  answers: { 200: { description: 'One entry a route.', schema: z.array(calibrationSummarySchema) } },
})

/** `GET /health`. */
export const getHealth = endpoint({
  method: 'GET',
  path: '/health',
  operationId: 'health',
  summary: 'Whether the server answers',
  answers: { 200: { description: 'It does.', schema: z.strictObject({ ok: z.literal(true) }) } },
  open: true,
})

/** Every endpoint of search, in the order in which the description lists them. */
export const searchEndpoints = [
  postSearch,
  getSearch,
  getBrowse,
  getRow,
  getThumbnail,
  getPicture,
  getStatus,
  getCalibration,
  getHealth,
] as const
