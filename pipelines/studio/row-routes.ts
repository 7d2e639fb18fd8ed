import { RequestError } from '@promptloom/search/server/request-error'
import { type Route, route } from '@promptloom/search/server/route'
import type { CollectionHolder } from './collection-holder.ts'
import type { Loop } from './loop.ts'
import * as endpoints from './row-endpoints.ts'

/** What the routes about rows need. */
export interface RowRoutesParts {
  readonly holder: Pick<CollectionHolder, 'refresh'>
  readonly loop: Pick<Loop, 'rate' | 'forget' | 'lineage'>
  /** Milliseconds after which somebody who forgets a row is no longer kept waiting; default 15,000. */
  readonly patienceMs?: number
  /** Hears of what goes wrong after that. */
  readonly onError?: (error: unknown) => void
}

/** The routes that rate rows, forget them and tell where they come from. */
export function rowRoutes({ holder, loop, patienceMs = 15_000, onError = () => undefined }: RowRoutesParts): Route[] {
  return [
    route(endpoints.postRating, async ({ params, body }) => {
      await known(loop.rate(params.id, body.rating))
      return { json: { ok: true } }
    }),
    route(endpoints.postForget, async ({ params, body }) => {
      const forgetting = known(loop.forget(params.id, body.reason)).then(async (note) => {
        await holder.refresh()
        return note
      })
      const note = await within(patienceMs, forgetting)
      if (note === undefined) forgetting.catch(onError)
      return { json: { note: note ?? 'It is recorded: searches leave it out. Files and database follow.' } }
    }),
    route(endpoints.getLineage, async ({ params }) => ({ json: await known(loop.lineage(params.id)) })),
  ]
}

/** A user's mistake about a row is that there is no such row. */
async function known<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if ((error as Error)?.name !== 'UserError') throw error
    throw new RequestError(404, 'not_found', (error as Error).message)
  }
}

/** What the work gives, or undefined when it takes longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
