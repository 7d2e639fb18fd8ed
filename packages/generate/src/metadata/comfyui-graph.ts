import { field, isObject, type JsonObject } from './tool-json.ts'

/** One node of a graph in ComfyUI's API format. */
export interface GraphNode {
  readonly id: string
  readonly classType: string
  /** The name that the user sees, where the graph keeps it. */
  readonly title: string | undefined
  /** Values, or links: `[id of a node, position of its output]`. */
  readonly inputs: JsonObject
}

/** A workflow as ComfyUI runs it, by node id. */
export type Graph = ReadonlyMap<string, GraphNode>

/** A connection to another node's output. */
export interface Link {
  readonly id: string
  readonly slot: number
}

/** Nodes of a graph that are read; real ones have tens to hundreds. */
const MOST_NODES = 5_000

/** Takes the nodes out of a workflow in API format; whatever is no node is passed over. */
export function parseGraph(json: JsonObject): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, value] of Object.entries(json)) {
    const classType = field(value, 'class_type')
    const inputs = field(value, 'inputs')
    if (typeof classType !== 'string' || !isObject(inputs) || nodes.size >= MOST_NODES) continue
    const title = field(value, '_meta', 'title')
    nodes.set(id, { id, classType, title: typeof title === 'string' ? title : undefined, inputs })
  }
  return nodes
}

/** The link that a value is, or undefined where it is a plain value. */
export function linkOf(value: unknown): Link | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [id, slot] = value
  if ((typeof id !== 'string' && typeof id !== 'number') || typeof slot !== 'number') return undefined
  return { id: String(id), slot }
}

/** How {@link walkUp} goes on from a node. */
export interface Walk<Found> {
  /** What is wanted: a node for which this is not undefined is found, and nothing above it is looked at. */
  readonly accept: (node: GraphNode) => Found | undefined
  /** Inputs that are not followed. */
  readonly skip?: ReadonlySet<string>
}

/**
 * Looks for nodes above a link, nearest first, each node once: graphs with cycles end too. Where a node passes a pair
 * of conditionings through (ControlNet: inputs and outputs `positive`, `negative`), only the link's own side is
 * followed.
 */
export function walkUp<Found>(graph: Graph, start: Link | undefined, walk: Walk<Found>): readonly Found[] {
  const found: Found[] = []
  const queue = start === undefined ? [] : [start]
  const seen = new Set(queue.map((link) => link.id))
  for (const link of queue) {
    const node = graph.get(link.id)
    if (node === undefined) continue
    const accepted = walk.accept(node)
    if (accepted !== undefined) {
      found.push(accepted)
      continue
    }
    for (const next of linksOf(node, link.slot, walk.skip)) {
      if (seen.has(next.id)) continue
      seen.add(next.id)
      queue.push(next)
    }
  }
  return found
}

function linksOf(node: GraphNode, slot: number, skip: ReadonlySet<string> | undefined): readonly Link[] {
  const isPair = linkOf(node.inputs.positive) !== undefined && linkOf(node.inputs.negative) !== undefined
  const otherSide = isPair && slot < 2 ? (slot === 0 ? 'negative' : 'positive') : undefined
  return Object.entries(node.inputs).flatMap(([name, value]) => {
    const link = linkOf(value)
    return link === undefined || name === otherSide || skip?.has(name) ? [] : [link]
  })
}
