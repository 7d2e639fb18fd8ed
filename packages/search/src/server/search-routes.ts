import { readCollectionStatus } from '../collection-status.ts'
import { readRow } from '../row-reader.ts'
import type { Searcher } from '../searcher.ts'
import { questionOfLink } from './link.ts'
import { pictureAnswer } from './picture-answer.ts'
import { type Route, route } from './route.ts'
import * as endpoints from './search-endpoints.ts'

/** The routes of search over one collection. */
export function searchRoutes(searcher: Searcher): Route[] {
  const { collection } = searcher
  return [
    route(endpoints.postSearch, async ({ body, uploads, signal }) => ({
      json: await searcher.ask(body, { uploads, signal }),
    })),
    route(endpoints.getSearch, async ({ query, signal }) => ({
      json: await searcher.ask(questionOfLink(query), { signal }),
    })),
    route(endpoints.getRow, async ({ params }) => ({ json: await readRow(collection, params.id) })),
    route(endpoints.getThumbnail, ({ params, query, headers }) =>
      pictureAnswer(collection, { id: params.id, size: query.size, headers }),
    ),
    route(endpoints.getPicture, ({ params, headers }) => pictureAnswer(collection, { id: params.id, headers })),
    route(endpoints.getStatus, async () => ({ json: await readCollectionStatus(collection) })),
    route(endpoints.getCalibration, async () => ({ json: collection.calibration?.routes ?? [] })),
    route(endpoints.getHealth, async () => ({ json: { ok: true } })),
  ]
}
