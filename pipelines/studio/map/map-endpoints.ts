import { endpoint } from '@promptloom/search/server/endpoint'
import { mapSchema } from '@promptloom/studio/api/map'
import { z } from 'zod'

const answers = { 200: { description: 'The map, or how far it is.', schema: mapSchema } }

/** `GET /api/map`. */
export const getMap = endpoint({
  method: 'GET',
  path: '/api/map',
  operationId: 'map',
  summary: 'A map of all pictures: alike lies near alike',
  description: 'Where there is none yet, one begins to be made; ask again until its state is `ready`.',
  answers,
})

/** `POST /api/map`. */
export const postMap = endpoint({
  method: 'POST',
  path: '/api/map',
  operationId: 'renewMap',
  summary: 'Make a new map, of the pictures as they are now',
  body: z.strictObject({}),
  answers,
})

/** `GET /api/map/{fingerprint}/points`. */
export const getMapPoints = endpoint({
  method: 'GET',
  path: '/api/map/{fingerprint}/points',
  operationId: 'mapPoints',
  summary: 'The points of a map as columns of bytes',
  description:
    'Little-endian: `PLM1`, the number of points n, the bytes of all ids (uint32 each); n × x, n × y (float32, from −1 ' +
    'to 1); where each id ends (uint32); n × width, height, cluster, source (uint16); the ids in UTF-8.',
  params: z.strictObject({ fingerprint: z.string().regex(/^[0-9a-f]{24}$/) }),
  answers: { 200: { description: 'The points.', media: ['application/octet-stream'] } },
})

/** Every endpoint of the map. */
export const mapEndpoints = [getMap, postMap, getMapPoints] as const
