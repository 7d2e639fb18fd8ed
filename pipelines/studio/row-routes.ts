import { type Route, route } from '@promptloom/search/server/route'
import type { CollectionHolder } from './collection-holder.ts'
import type { Loop } from './loop.ts'
import * as endpoints from './row-endpoints.ts'

/** The routes that rate rows, forget them and tell where they come from. */
export function rowRoutes(holder: CollectionHolder, loop: Pick<Loop, 'rate' | 'forget' | 'lineage'>): Route[] {
  return [
    route(endpoints.postRating, async ({ params, body }) => {
      await loop.rate(params.id, body.rating)
      return { json: { ok: true } }
    }),
    route(endpoints.postForget, async ({ params, body }) => {
      await loop.forget(params.id, body.reason)
      await holder.refresh()
      return { json: { ok: true } }
    }),
    route(endpoints.getLineage, async ({ params }) => ({
      json: await holder.use((session) => loop.lineage(session, params.id)),
    })),
  ]
}
