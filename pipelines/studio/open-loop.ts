import type { Lineage } from '@promptloom/studio/api/lineage'
import type { Configuration } from '../configuration.ts'
import { forget } from '../loop/forget.ts'
import { type Keepsake, keep } from '../loop/keep.ts'
import { lineageOf } from '../loop/lineage.ts'
import { openPainter } from '../loop/painter.ts'
import { rate } from '../loop/rate.ts'
import { openRefiner } from '../loop/refiner.ts'
import { retrieve } from '../loop/retrieve.ts'
import type { KeepItem, Loop, VerbOptions } from './loop.ts'
import { tellOfRun } from './run-words.ts'

/**
 * The verbs of the loop for a workspace, with the refiner and the painter of its configuration. Dispose of it.
 * @throws RefineInputError or GeneratorError for a configuration that can't be used
 */
export async function openLoop(configuration: Configuration): Promise<Loop & AsyncDisposable> {
  const { workspace } = configuration
  const refiner = await openRefiner(configuration.refine)
  const painter = await openPainter(configuration)
  const { neighbours: count } = configuration.refine
  return {
    refiner,
    painter,
    retrieve: ({ searcher }, { prompt, like }, signal) => retrieve(searcher, { prompt, like, count }, signal),
    keep: (items, { signal, tell }: VerbOptions) =>
      keep(configuration, items.map(keepsakeOf), { signal, listener: tellOfRun(tell) }),
    rate: (id, rating) => rate(workspace, id, rating),
    forget: async (id, reason) => (await forget(configuration, { value: id }, { reason })).note,
    lineage: async (id) => shownLineage(await lineageOf(workspace, id)),
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

/** A lineage as the page shows it. */
function shownLineage({ id, nodes, rating }: Awaited<ReturnType<typeof lineageOf>>): Lineage {
  return {
    id,
    rating,
    nodes: nodes.map(({ neighbours: _, tool: __, file: ___, parents, ...node }) => ({
      ...node,
      parents: [...parents],
      parameters: node.parameters && { ...node.parameters },
    })),
  }
}
