import { product, type WeightFormat } from './matrix-product.ts'
import type { OnnxGraph } from './onnx-graph.ts'
import { RandomWeights } from './random-weights.ts'
import { layerNorm, type TowerBuilder, type TowerShape, transformer } from './transformer.ts'

/** Size of a text tower. */
export interface TextShape extends TowerShape {
  readonly vocabulary: number
  readonly contextLength: number
}

/** Size of a picture tower. */
export interface VisionShape extends TowerShape {
  /** Pixels of a side, and of a patch's side. */
  readonly image: number
  readonly patch: number
}

/** What a tower is added to, and with which weights. */
export interface TowerTarget {
  readonly graph: OnnxGraph
  readonly dimension: number
  readonly seed: number
  readonly format: WeightFormat
}

/** Adds CLIP's text tower with random weights: causal, pooled at the highest id, which is end-of-text. */
export function addTextTower(shape: TextShape, { graph, dimension, seed, format }: TowerTarget): void {
  const weights = new RandomWeights(seed)
  const builder: TowerBuilder = { graph, weights, shape, format }
  const { width, contextLength } = shape
  const ids = graph.input('input_ids', 'int64', ['batch', 'sequence'])
  const length = graph.node('Slice', [graph.node('Shape', [ids]), graph.integers(1), graph.integers(2)])
  const first = graph.integers(0)
  const words = graph.constant(weights.values(shape.vocabulary * width, 0.02), [shape.vocabulary, width])
  const places = graph.constant(weights.values(contextLength * width, 0.01), [contextLength, width])
  const embedded = graph.node('Gather', [words, ids])
  const start = graph.node('Add', [embedded, graph.node('Slice', [places, first, length, first])])

  const mask = graph.constant(causalMask(contextLength), [contextLength, contextLength])
  const rows = graph.node('Slice', [mask, first, length, first])
  const hidden = transformer(builder, start, graph.node('Slice', [rows, first, length, graph.integers(1)]))
  const end = graph.node('ArgMax', [ids], { axis: 1, keepdims: 1 })
  const pooled = graph.node('GatherND', [layerNorm(builder, hidden), end], { batch_dims: 1 })
  project(builder, pooled, { dimension, output: 'text_embeds' })
}

/** Adds CLIP's picture tower with random weights: patches and a class token, pooled at the class token. */
export function addVisionTower(shape: VisionShape, { graph, dimension, seed, format }: TowerTarget): void {
  const weights = new RandomWeights(seed)
  const builder: TowerBuilder = { graph, weights, shape, format }
  const { width, image, patch } = shape
  const patches = (image / patch) ** 2
  const pixels = graph.input('pixel_values', 'float', ['image_batch', 3, image, image])
  const kernel = graph.constant(weights.values(width * 3 * patch * patch, 0.02), [width, 3, patch, patch])
  const grid = graph.node('Conv', [pixels, kernel], { strides: [patch, patch], kernel_shape: [patch, patch] })
  const flat = graph.node('Reshape', [grid, graph.integers(0, width, patches)])
  const tokens = graph.node('Transpose', [flat], { perm: [0, 2, 1] })

  const batch = graph.node('Slice', [graph.node('Shape', [pixels]), graph.integers(0), graph.integers(1)])
  const classShape = graph.node('Concat', [batch, graph.integers(1, width)], { axis: 0 })
  const classToken = graph.node('Expand', [graph.constant(weights.values(width, 0.02), [1, 1, width]), classShape])
  const all = graph.node('Concat', [classToken, tokens], { axis: 1 })
  const places = graph.constant(weights.values((patches + 1) * width, 0.02), [patches + 1, width])
  const hidden = transformer(builder, layerNorm(builder, graph.node('Add', [all, places])))
  const pooled = graph.node('Gather', [hidden, graph.constant(BigInt64Array.of(0n), [])], { axis: 1 })
  project(builder, layerNorm(builder, pooled), { dimension, output: 'image_embeds' })
}

function project(
  builder: TowerBuilder,
  pooled: string,
  { dimension, output }: { dimension: number; output: string },
): void {
  const { width } = builder.shape
  product(builder, pooled, { from: width, to: dimension, deviation: width ** -0.5 }, output)
  builder.graph.output(output, ['batch', dimension])
}

/** Zero where a token may look, a very low score where it may not: ahead. */
function causalMask(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, at) => (at % length > Math.floor(at / length) ? -1e9 : 0))
}
