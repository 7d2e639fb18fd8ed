import { GeneratorError } from '@promptloom/generate/generator-error'
import { OfflineRefiner } from '@promptloom/refine/offline-refiner'
import { RequestError } from '@promptloom/search/server/request-error'
import type { Configuration } from '../configuration.ts'
import type { Loop } from './loop.ts'
import { nearestNeighbours } from './neighbours.ts'

/** The verbs of the loop for a workspace. */
export function openLoop(_configuration: Configuration): Loop {
  const missing = async () => {
    throw new RequestError(503, 'unavailable', 'This studio cannot do that yet.')
  }
  return {
    refiner: new OfflineRefiner(),
    painter: {
      describe: () => ({ kind: 'none', label: 'no painter', standIn: true }),
      generate: async () => {
        throw new GeneratorError('generator_unreachable', 'No painter is configured.')
      },
    },
    retrieve: (session, question, signal) => nearestNeighbours(session.searcher, question, signal),
    keep: missing,
    rate: missing,
    forget: missing,
    lineage: missing,
  }
}
