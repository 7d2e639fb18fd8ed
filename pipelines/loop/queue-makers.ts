import type { Configuration } from '../configuration.ts'
import type { QueueMakers } from '../feedback/queue/makers.ts'
import { openSearchSession, type SearchSession } from '../search-session.ts'
import { openPainter } from './painter.ts'
import { openRefiner } from './refiner.ts'
import { retrieve } from './retrieve.ts'

/**
 * The configured refiner and painter, and the collection as it was last loaded, opened when neighbours are first asked
 * for.
 * @param spent what counts against the refiner's budget already
 * @throws RefineInputError, GeneratorError for a configuration that can't be used
 */
export async function openMakers(
  configuration: Configuration,
  spent: { readonly tokens: number; readonly cost: number },
): Promise<QueueMakers> {
  const { refine } = configuration
  const refiner = await openRefiner(refine, { spent })
  const painter = await openPainter(configuration)
  let session: Promise<SearchSession> | undefined
  return {
    refiner,
    painter,
    async retrieve(prompt, signal) {
      if (refine.neighbours === 0) return []
      session ??= openSearchSession(configuration)
      return retrieve((await session).searcher, { prompt, count: refine.neighbours }, signal)
    },
    async [Symbol.asyncDispose]() {
      await painter[Symbol.asyncDispose]()
      await (await session?.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}
