import { basename } from 'node:path'
import { ModelDirectoryError } from './model-error.ts'
import { KNOWN_MODELS } from './model-source.ts'

/**
 * Which weights to load. `auto`: fp16 on a GPU where the directory has it, else fp32. int8 and q4 trade accuracy for
 * speed and are never chosen by themselves.
 */
export type Precision = 'auto' | 'fp32' | 'fp16' | 'int8' | 'q4'

/** The ONNX files of a model, relative to its directory. */
export interface Graphs {
  /** The text tower, or the joint graph. */
  readonly text: string | undefined
  /** The picture tower, or the joint graph. */
  readonly image: string | undefined
  readonly precision: Exclude<Precision, 'auto'>
  /** All files that these graphs consist of, external data included. */
  readonly files: readonly string[]
}

/** File name endings by precision, in the order of preference, as Hugging Face exports write them. */
const SUFFIXES: Readonly<Record<Exclude<Precision, 'auto'>, readonly string[]>> = {
  fp32: [''],
  fp16: ['_fp16'],
  int8: ['_quantized', '_int8', '_uint8'],
  q4: ['_q4', '_q4f16', '_bnb4'],
}

/**
 * Picks the graphs of one precision: separate `text_model` and `vision_model`, or a joint `model`, in `onnx/` or at
 * the root. `auto` takes fp16 before fp32 if `halfFirst`, and whichever is there.
 * @throws ModelDirectoryError when that precision isn't there, naming those that are and how to get it.
 */
export function chooseGraphs(path: string, names: readonly string[], wanted: Precision, halfFirst: boolean): Graphs {
  const graphs = findGraphs(names, wanted, halfFirst)
  if (graphs) return graphs
  const problem = `The model directory ${path} ${lackOf(names, wanted)}`
  if (wanted === 'auto') throw new ModelDirectoryError(problem)
  const known = KNOWN_MODELS.find(({ name }) => name === basename(path))?.name ?? 'NAME'
  const pull = `"promptloom model pull ${known} --precision ${wanted} --to ${path}"`
  throw new ModelDirectoryError(problem, { next: `run ${pull} to add it, or choose another precision` })
}

/** As `chooseGraphs`, but undefined when that precision isn't there. */
export function findGraphs(names: readonly string[], wanted: Precision, halfFirst: boolean): Graphs | undefined {
  const auto = halfFirst ? (['fp16', 'fp32'] as const) : (['fp32', 'fp16'] as const)
  for (const precision of wanted === 'auto' ? auto : [wanted]) {
    const graphs = graphsOf(names, precision)
    if (graphs) return graphs
  }
  return undefined
}

/** Which graphs these files are not, and which they are: the predicate of a sentence. */
export function lackOf(names: readonly string[], wanted: Precision): string {
  const there = names.filter((name) => name.endsWith('.onnx'))
  const found = there.length > 0 ? `it has ${there.join(', ')}` : 'it has no ONNX file at all'
  return `has no ${wanted === 'auto' ? 'fp32 or fp16' : wanted} text_model, vision_model or model: ${found}`
}

function graphsOf(names: readonly string[], precision: Graphs['precision']): Graphs | undefined {
  const find = (stem: string) =>
    SUFFIXES[precision]
      .flatMap((suffix) => [`onnx/${stem}${suffix}.onnx`, `${stem}${suffix}.onnx`])
      .find((name) => names.includes(name))
  const joint = find('model')
  const text = find('text_model') ?? joint
  const image = find('vision_model') ?? joint
  if (!text && !image) return undefined
  const graphs = [...new Set([text, image])].filter((name) => name !== undefined)
  const belongs = (name: string) =>
    graphs.some((graph) => name === graph || name.startsWith(`${graph}_data`) || name === `${graph}.data`)
  return { text, image, precision, files: names.filter(belongs) }
}
