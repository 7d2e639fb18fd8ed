import { z } from 'zod'
import { answerSchema } from '../answer.ts'
import { questionSchema, TEXT_LIMIT } from '../question.ts'
import { calibrationSummarySchema, collectionStatusSchema, rowViewSchema } from '../row-view.ts'
import { endpoint } from './endpoint.ts'

const id = z.strictObject({ id: z.string().min(1).max(500).describe('Id of a row.') })
const found = { 200: { description: 'The answer, also when nothing is similar enough.', schema: answerSchema } }
const count = z.coerce.number().int()

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
  multipart: 'question',
  answers: found,
})

/** `GET /api/search`: the same for links; lists are repeated parameters. */
export const getSearch = endpoint({
  method: 'GET',
  path: '/api/search',
  operationId: 'searchByLink',
  summary: 'Ask a question by a link',
  query: z.strictObject({
    q: z.string().max(TEXT_LIMIT).optional().describe('Words.'),
    minus: z.string().max(TEXT_LIMIT).optional().describe('Words to move away from (weight −0.5).'),
    like: z.string().max(500).optional().describe('Id of a row: more like this.'),
    url: z.string().max(4_000).optional().describe('Address of a picture.'),
    phrase: z.string().max(200).optional().describe('Must occur in the prompt as written.'),
    find: z.enum(['prompts', 'pictures']).default('prompts'),
    hybrid: z.stringbool().default(false),
    cutoff: z.stringbool().default(true),
    fold: z.stringbool().default(true),
    k: count.min(1).max(200).default(10),
    page: count.min(1).default(1),
    filters: z.string().max(10_000).optional().describe('Filters as JSON, see POST.'),
  }),
  answers: found,
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
  query: z.strictObject({ size: count.min(16).max(1024).default(256).describe('Pixels of the longer side.') }),
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
  getRow,
  getThumbnail,
  getPicture,
  getStatus,
  getCalibration,
  getHealth,
] as const
