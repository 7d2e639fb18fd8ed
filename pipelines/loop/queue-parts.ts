import { readWorkflow } from '@promptloom/generate/comfyui/workflow'
import { readInstruction } from '@promptloom/refine/instruction'
import type { Json } from '@promptloom/runner/stage'
import type { Configuration } from '../configuration.ts'
import { digest } from '../feedback/inbox-row.ts'
import type { QueueParts } from '../feedback/queue/makers.ts'
import { keepsakeItems } from './keep.ts'

/** Options of the refiner that change how it is asked, never what it answers. */
const ASKING = new Set(['timeout', 'price', 'budget', 'variants', 'keyEnv', 'plainHttp'])
/** The same of the painter. */
const PAINTING = new Set(['attempts'])
/** And of where it is and how long it may take. */
const REACHING = new Set(['timeout', 'keyEnv', 'plainHttp'])

/** Those who work on the queue by night: the configured refiner and painter, on the collection as it was last loaded. */
export function queueParts(configuration: Configuration): QueueParts {
  return {
    recipe: () => recipeOf(configuration),
    // Loaded when there is work: planning and showing the state need none of it.
    open: async (spent) => (await import('./queue-makers.ts')).openMakers(configuration, spent),
    rowsOf: keepsakeItems,
  }
}

/** What decides the answers; files count by what is in them. @throws errors of files that cannot be read, exit code 2 */
async function recipeOf({ refine, generate }: Configuration): Promise<{ refine: Json; paint: Json }> {
  const { endpoint, neighbours, ...asked } = refine
  const answering = Object.entries(asked).filter(([name]) => !ASKING.has(name))
  const instruction = digest(await readInstruction(refine.instruction))
  const { painter, ...wanted } = generate
  const paints = Object.entries(painter).filter(([name]) => !REACHING.has(name))
  const workflow =
    painter.kind === 'comfyui' ? { workflow: digest(JSON.stringify((await readWorkflow(painter.workflow)).json)) } : {}
  const painting = Object.entries(wanted).filter(([name]) => !PAINTING.has(name))
  return plain({
    // Without a language model none of its options matters.
    refine: endpoint ? { ...Object.fromEntries(answering), endpoint, neighbours, instruction } : { neighbours },
    paint: { ...Object.fromEntries(painting), painter: { ...Object.fromEntries(paints), ...workflow } },
  })
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}
