import { type Graph, type GraphNode, type Link, linkOf, parseGraph, walkUp } from './comfyui-graph.ts'
import type { EmbeddedTexts, ToolReader } from './generation.ts'
import { countIn, nameIn, numberIn, parseToolJson, seedIn } from './tool-json.ts'

/** What a graph says about the sampling that made its picture, with the node that holds each part. */
export interface GraphSettings {
  readonly prompt: string
  readonly negativePrompt: string
  readonly seed: string | null
  readonly steps: number | null
  /** ComfyUI's name, e.g. `dpmpp_2m`. */
  readonly sampler: string | null
  /** ComfyUI's name, e.g. `karras`. */
  readonly scheduler: string | null
  readonly cfg: number | null
  readonly model: string | null
}

/** Where in a graph each parameter is set; undefined where it is not found. */
export interface GraphPlaces {
  readonly sampler: GraphNode
  readonly positive: readonly Place[]
  readonly negative: readonly Place[]
  readonly seed: Place | undefined
  readonly steps: Place | undefined
  readonly samplerName: Place | undefined
  readonly scheduler: Place | undefined
  readonly cfg: Place | undefined
  readonly model: Place | undefined
  readonly size: GraphNode | undefined
}

/** One input of a node that holds a plain value. */
export interface Place {
  readonly node: GraphNode
  readonly input: string
}

/** Nodes that save pictures and are looked above; a hostile graph could have thousands. */
const MOST_OUTPUTS = 20

/** Names under which nodes hold each kind of value, the most usual first; text as in plain, SDXL, Flux and SD3 nodes. */
export const INPUT_NAMES = {
  words: ['text', 'text_g', 'text_l', 'clip_l', 't5xxl', 'prompt', 'positive', 'string', 'value'],
  seed: ['seed', 'noise_seed', 'value', 'int'],
  steps: ['steps', 'value', 'int'],
  sampler: ['sampler_name'],
  scheduler: ['scheduler'],
  cfg: ['cfg', 'value', 'float'],
  model: ['ckpt_name', 'unet_name', 'model_name'],
} as const

/** Inputs through which no words of the prompt come. */
const NOT_WORDS = new Set(['clip', 'model', 'vae', 'control_net', 'image', 'images', 'pixels', 'mask', 'latent_image'])

/** Reads a ComfyUI graph: PNG's `prompt`, or EXIF strings that start with `prompt:` (WebP). */
export const readComfyUi: ToolReader = (texts) => {
  const text = graphText(texts)
  if (text === undefined) return null
  const settings = readGraph(parseGraph(parseToolJson(text)))
  if (settings === null) throw new SyntaxError('the graph has no sampler with a prompt')
  const { scheduler, ...parameters } = settings
  const isPlain = scheduler === null || scheduler === 'normal'
  const sampler = settings.sampler === null || isPlain ? settings.sampler : `${settings.sampler} ${scheduler}`
  return { tool: 'comfyui', parameters: { ...parameters, sampler } }
}

function graphText(texts: EmbeddedTexts): string | undefined {
  const prompt = texts.get('prompt')
  if (prompt?.trimStart().startsWith('{')) return prompt
  return texts.all
    .filter((entry) => entry.keyword.startsWith('exif:') && /^prompt:\s*\{/i.test(entry.text))
    .map((entry) => entry.text.slice(entry.text.indexOf('{')))[0]
}

/** What a graph says; null where it has no sampler. */
export function readGraph(graph: Graph): GraphSettings | null {
  const places = findPlaces(graph)
  if (places === null) return null
  return {
    prompt: words(places.positive),
    negativePrompt: words(places.negative),
    seed: seedIn(valueAt(places.seed)),
    steps: countIn(valueAt(places.steps)),
    sampler: nameIn(valueAt(places.samplerName)),
    scheduler: nameIn(valueAt(places.scheduler)),
    cfg: numberIn(valueAt(places.cfg)),
    model: nameIn(valueAt(places.model)),
  }
}

/** Finds the sampler that composed the saved picture, and what feeds it; null where there is none. */
export function findPlaces(graph: Graph): GraphPlaces | null {
  const sampler = findSampler(graph)
  if (sampler === undefined) return null
  const { inputs } = sampler
  const guider = graph.get(linkOf(inputs.guider)?.id ?? '')
  const positive = linkOf(inputs.positive) ?? linkOf(guider?.inputs.positive) ?? linkOf(guider?.inputs.conditioning)
  const negative = linkOf(inputs.negative) ?? linkOf(guider?.inputs.negative)
  const model = linkOf(inputs.model) ?? linkOf(guider?.inputs.model)
  const near = (names: readonly string[], ...links: readonly unknown[]) => placeOf(graph, sampler, names, links)
  return {
    sampler,
    positive: wordPlaces(graph, positive),
    negative: wordPlaces(graph, negative),
    seed: near(INPUT_NAMES.seed, inputs.seed, inputs.noise_seed, inputs.noise),
    steps: near(INPUT_NAMES.steps, inputs.steps, inputs.sigmas),
    samplerName: near(INPUT_NAMES.sampler, inputs.sampler_name, inputs.sampler),
    scheduler: near(INPUT_NAMES.scheduler, inputs.scheduler, inputs.sigmas),
    cfg: near(INPUT_NAMES.cfg, inputs.cfg, inputs.guider),
    model: firstPlace(graph, model, INPUT_NAMES.model),
    size: walkUp(graph, linkOf(inputs.latent_image), { accept: sizeNode })[0],
  }
}

/**
 * The first sampler above the saved picture whose own latent comes from no other sampler: in a workflow that paints
 * and then refines, the one that painted.
 */
function findSampler(graph: Graph): GraphNode | undefined {
  const nodes = [...graph.values()]
  const outputs = nodes.filter((node) => /save|preview|output/i.test(node.classType))
  const savedFirst = outputs.sort((a, b) => Number(isPreview(a)) - Number(isPreview(b)))
  for (const output of savedFirst.slice(0, MOST_OUTPUTS)) {
    let sampler = walkUp(graph, { id: output.id, slot: 0 }, { accept: samplerNode })[0]
    const seen = new Set<GraphNode>()
    while (sampler !== undefined && !seen.has(sampler)) {
      seen.add(sampler)
      const before: GraphNode | undefined = walkUp(graph, linkOf(sampler.inputs.latent_image), {
        accept: samplerNode,
      })[0]
      if (before === undefined) return sampler
      sampler = before
    }
    if (sampler !== undefined) return sampler
  }
  return nodes.find((node) => samplerNode(node) !== undefined)
}

function isPreview(node: GraphNode): boolean {
  return /preview/i.test(node.classType)
}

function samplerNode(node: GraphNode): GraphNode | undefined {
  const { inputs } = node
  const hasLatent = linkOf(inputs.latent_image) !== undefined
  const isSampler = linkOf(inputs.positive) !== undefined || linkOf(inputs.guider) !== undefined
  return hasLatent && isSampler ? node : undefined
}

function sizeNode(node: GraphNode): GraphNode | undefined {
  return 'width' in node.inputs && 'height' in node.inputs ? node : undefined
}

/** All places with words above a conditioning; none where it was zeroed on purpose. */
function wordPlaces(graph: Graph, conditioning: Link | undefined): readonly Place[] {
  const accept = (node: GraphNode): readonly Place[] | undefined => {
    if (node.classType === 'ConditioningZeroOut') return []
    const plain = INPUT_NAMES.words.filter((input) => typeof node.inputs[input] === 'string')
    return plain.length === 0 ? undefined : plain.map((input) => ({ node, input }))
  }
  return walkUp(graph, conditioning, { accept, skip: NOT_WORDS }).flat()
}

function words(places: readonly Place[]): string {
  const texts = places.map((place) => String(valueAt(place)).trim()).filter((text) => text !== '')
  return [...new Set(texts)].join(', ')
}

/** The first of `names` that the sampler itself holds, or else that stands nearest above one of the links. */
function placeOf(graph: Graph, sampler: GraphNode, names: readonly string[], links: readonly unknown[]) {
  return holding(sampler, names) ?? links.map((link) => firstPlace(graph, linkOf(link), names)).find(Boolean)
}

function firstPlace(graph: Graph, link: Link | undefined, names: readonly string[]): Place | undefined {
  return walkUp(graph, link, { accept: (node) => holding(node, names) })[0]
}

function holding(node: GraphNode, names: readonly string[]): Place | undefined {
  const input = names.find((name) => ['string', 'number'].includes(typeof node.inputs[name]))
  return input === undefined ? undefined : { node, input }
}

function valueAt(place: Place | undefined): unknown {
  return place?.node.inputs[place.input]
}
