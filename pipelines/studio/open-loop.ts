import { RequestError } from '@promptloom/search/server/request-error'
import type { Configuration } from '../configuration.ts'
import { forget } from '../loop/forget.ts'
import { type Keepsake, keep } from '../loop/keep.ts'
import { openPainter } from '../loop/painter.ts'
import { openRefiner } from '../loop/refiner.ts'
import { retrieve } from '../loop/retrieve.ts'
import { outgoingFetch } from '../outgoing.ts'
import type { KeepItem, Loop, VerbOptions } from './loop.ts'
import { tellOfRun } from './run-words.ts'

/**
 * The verbs of the loop for a workspace, with the refiner and the painter of its configuration. Dispose of it.
 * @throws RefineInputError or GeneratorError for a configuration that can't be used
 */
export async function openLoop(configuration: Configuration): Promise<Loop & AsyncDisposable> {
  const { contact } = configuration['fetch-images']
  const refiner = await openRefiner(configuration.refine)
  const painter = await openPainter(configuration.generate, { fetch: outgoingFetch({ contact, asked: [] }) })
  const { neighbours: count } = configuration.refine
  const missing = async () => {
    throw new RequestError(503, 'unavailable', 'This studio cannot do that yet.')
  }
  return {
    refiner,
    painter,
    retrieve: ({ searcher }, { prompt, like }, signal) => retrieve(searcher, { prompt, like, count }, signal),
    keep: async (items, { signal, tell }: VerbOptions) =>
      keep(configuration, items.map(keepsakeOf), { signal, listener: tellOfRun(tell) }),
    rate: missing,
    forget: async (id, reason) => {
      await forget(configuration, { value: id }, { reason })
    },
    lineage: missing,
    [Symbol.asyncDispose]: () => painter[Symbol.asyncDispose](),
  }
}

/** A painted picture as the loop keeps it. */
export function keepsakeOf({ bytes, picture, painter, parents, refined }: KeepItem): Keepsake {
  const { prompt, negativePrompt, seed, steps, sampler, cfg, model } = picture
  return {
    prompt,
    picture: bytes,
    parents,
    parameters: { negativePrompt, seed, steps, sampler, cfg, model },
    ...(painter ? { painter } : {}),
    ...(refined
      ? {
          refined: {
            prompt: refined.variant.prompt,
            asked: refined.asked,
            reason: refined.variant.reason,
            parents: refined.variant.neighbours,
            neighbours: refined.neighbours.map(({ id, similarity }) => ({ id, similarity })),
            ...(refined.refiner ? { refiner: refined.refiner } : {}),
          },
        }
      : {}),
  }
}
