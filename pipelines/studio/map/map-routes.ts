import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Route, route } from '@promptloom/search/server/route'
import type { MapCabinet } from './map-cabinet.ts'
import * as endpoints from './map-endpoints.ts'

/** The routes of the map. */
export function mapRoutes(cabinet: MapCabinet): Route[] {
  return [
    route(endpoints.getMap, async () => ({ json: await cabinet.state() })),
    route(endpoints.postMap, async () => ({ json: await cabinet.renew() })),
    route(endpoints.getMapPoints, async ({ params, headers }) => {
      const bytes = await cabinet.points(params.fingerprint)
      const packs = /\bgzip\b/.test(headers.get('accept-encoding') ?? '')
      return {
        bytes: packs ? await promisify(gzip)(bytes, { level: 1 }) : bytes,
        type: 'application/octet-stream',
        headers: {
          'cache-control': 'private, max-age=31536000, immutable',
          vary: 'accept-encoding',
          ...(packs ? { 'content-encoding': 'gzip' } : {}),
        },
      }
    }),
  ]
}
