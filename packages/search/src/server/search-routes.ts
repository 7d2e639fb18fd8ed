import { browse } from '../browse.ts'
import { readCollectionStatus } from '../collection-status.ts'
import type { QuestionInput } from '../question.ts'
import { readRow } from '../row-reader.ts'
import type { Searcher } from '../searcher.ts'
import type { AskOptions } from '../term-vectors.ts'
import { questionOfLink } from './link.ts'
import { pictureAnswer } from './picture-answer.ts'
import { type Route, route } from './route.ts'
import * as endpoints from './search-endpoints.ts'

/** Lends the searcher of the moment for one piece of work; it stays open until the work ends. */
export type SearcherLease = <T>(work: (searcher: Searcher) => Promise<T>) => Promise<T>

/** Who hears of searches. */
export interface SearchRouteOptions {
  /** Told of every question that was answered, e.g. to count what is asked most. */
  readonly onAsked?: (question: QuestionInput) => void
}

/** The routes of search over one collection, or over whichever is open when a request comes. */
export function searchRoutes(of: Searcher | SearcherLease, { onAsked }: SearchRouteOptions = {}): Route[] {
  const use: SearcherLease = typeof of === 'function' ? of : (work) => work(of)
  const useCollection = <T>(work: (collection: Searcher['collection']) => Promise<T>) =>
    use((searcher) => work(searcher.collection))
  const ask = async (question: QuestionInput, options: AskOptions) => {
    const json = await use((searcher) => searcher.ask(question, options))
    onAsked?.(question)
    return { json }
  }
  return [
    route(endpoints.postSearch, ({ body, uploads, signal }) => ask(body, { uploads, signal })),
    route(endpoints.getSearch, ({ query, signal }) => ask(questionOfLink(query), { signal })),
    route(endpoints.getBrowse, async ({ query }) => ({
      json: await useCollection((collection) => browse(collection, query)),
    })),
    route(endpoints.getRow, async ({ params }) => ({
      json: await useCollection((collection) => readRow(collection, params.id)),
    })),
    route(endpoints.getThumbnail, ({ params, query, headers }) =>
      useCollection((collection) => pictureAnswer(collection, { id: params.id, size: query.size, headers })),
    ),
    route(endpoints.getPicture, ({ params, headers }) =>
      useCollection((collection) => pictureAnswer(collection, { id: params.id, headers })),
    ),
    route(endpoints.getStatus, async () => ({ json: await useCollection(readCollectionStatus) })),
    route(endpoints.getCalibration, async () => ({
      json: await useCollection(async ({ calibration }) => calibration?.routes ?? []),
    })),
    route(endpoints.getHealth, async () => ({ json: { ok: true } })),
  ]
}
