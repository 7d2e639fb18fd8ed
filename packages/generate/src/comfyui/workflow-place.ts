import { GeneratorError } from '../generator-error.ts'
import { findPlaces, type GraphPlaces, INPUT_NAMES, type Place } from '../metadata/comfyui.ts'
import { type Graph, type GraphNode, linkOf, parseGraph } from '../metadata/comfyui-graph.ts'
import type { JsonObject } from '../metadata/tool-json.ts'
import { type Filled, VALUE_NAMES, type ValueName, type Values, type Workflow } from './workflow-value.ts'

/** Titles that name a value, beside the value's own name. */
const TITLES: Partial<Record<ValueName, readonly string[]>> = {
  prompt: ['positive prompt', 'positive'],
  negative_prompt: ['negative'],
  width: ['size'],
  height: ['size'],
  model: ['checkpoint'],
}

const NAMES: Record<ValueName, readonly string[]> = {
  prompt: INPUT_NAMES.words,
  negative_prompt: INPUT_NAMES.words,
  seed: INPUT_NAMES.seed,
  width: ['width', 'value', 'int'],
  height: ['height', 'value', 'int'],
  steps: INPUT_NAMES.steps,
  sampler: [...INPUT_NAMES.sampler, 'value', 'string'],
  cfg: INPUT_NAMES.cfg,
  model: [...INPUT_NAMES.model, 'value', 'string'],
}

/** Sets values where nodes have their titles, or where the saved picture's sampler takes them from. */
export function fillPlaces(workflow: Workflow, values: Values): Filled {
  const json = structuredClone(workflow.json)
  const graph = parseGraph(json)
  const places = findPlaces(graph)
  const set = new Set<ValueName>()
  for (const name of VALUE_NAMES) {
    const value = values[name]
    if (value === undefined) continue
    const found = titled(graph, name) ?? discovered(places, name)
    requireOneNode(workflow, name, found)
    for (const { node, input } of found) {
      // The nodes are views of the clone, which is ours to change.
      ;(node.inputs as Record<string, unknown>)[input] = value
      set.add(name)
    }
  }
  return { graph: json as JsonObject, set }
}

function titled(graph: Graph, name: ValueName): readonly Place[] | undefined {
  const titles = [name.replace('_', ' '), ...(TITLES[name] ?? [])]
  const nodes = [...graph.values()].filter((node) => titles.includes(node.title?.trim().toLowerCase() ?? ''))
  return nodes.length === 0 ? undefined : nodes.flatMap((node) => holding(node, name))
}

/** The inputs of a node that hold a value of that name: all texts of an SDXL or Flux node, else the first that fits. */
function holding(node: GraphNode, name: ValueName): readonly Place[] {
  const inputs = NAMES[name].filter((input) => ['string', 'number'].includes(typeof node.inputs[input]))
  const isWords = name === 'prompt' || name === 'negative_prompt'
  return (isWords ? inputs : inputs.slice(0, 1)).map((input) => ({ node, input }))
}

function discovered(places: GraphPlaces | null, name: ValueName): readonly Place[] {
  if (places === null) return []
  if (name === 'prompt') return places.positive
  if (name === 'negative_prompt') return places.negative
  if (name === 'width' || name === 'height') return sizePlace(places.size, name)
  const place = name === 'sampler' ? places.samplerName : places[name]
  return place === undefined ? [] : [place]
}

function sizePlace(node: GraphNode | undefined, input: 'width' | 'height'): readonly Place[] {
  return node === undefined || linkOf(node.inputs[input]) !== undefined ? [] : [{ node, input }]
}

function requireOneNode(workflow: Workflow, name: ValueName, places: readonly Place[]): void {
  const ids = [...new Set(places.map((place) => place.node.id))]
  if (ids.length < 2) return
  const title = name.replace('_', ' ')
  throw new GeneratorError(
    'generator_invalid',
    `The workflow ${workflow.name} takes the ${title} from ${ids.length} nodes (${ids.join(', ')}); give one of them ` +
      `alone the title "${title}".`,
  )
}
