import type { OnnxGraph } from './onnx-graph.ts'
import type { RandomWeights } from './random-weights.ts'

/**
 * How a synthetic model's weights are stored: as they are; rounded to half precision; as 8-bit integers whose inputs
 * are quantized while the graph runs, as ONNX Runtime's `quantize_dynamic` writes it; or in blocks of 4-bit integers.
 */
export type WeightFormat = 'fp32' | 'fp16' | 'int8' | 'q4'

/** A matrix of random weights: `from × to`. */
export interface MatrixShape {
  readonly from: number
  readonly to: number
  /** Standard deviation of the weights. */
  readonly deviation: number
}

/** Where a product goes. */
export interface ProductTarget {
  readonly graph: OnnxGraph
  readonly weights: RandomWeights
  readonly format: WeightFormat
}

/** Weights of one row that share a scale in the 4-bit format; `from` must be a multiple of it. */
const BLOCK = 32
/** Domain of ONNX Runtime's own operators. */
const MICROSOFT = 'com.microsoft'
/** ONNX's number of float32, as `Cast` takes it. */
const FLOAT = 1

/** Multiplies `x`, `… × from`, by a matrix of random weights; the same weights in every format, but for rounding. */
export function product(target: ProductTarget, x: string, shape: MatrixShape, output?: string): string {
  const { graph, weights, format } = target
  const values = weights.values(shape.from * shape.to, shape.deviation)
  if (format === 'int8') return integerProduct(graph, x, { values, shape }, output)
  if (format === 'q4') return blockProduct(graph, x, { values, shape }, output)
  return graph.node('MatMul', [x, graph.constant(values, [shape.from, shape.to])], {}, output)
}

interface Matrix {
  readonly values: Float32Array
  readonly shape: MatrixShape
}

/** `x` becomes 8-bit integers with a scale and a zero point found at run time; the integers' sum is scaled back. */
function integerProduct(graph: OnnxGraph, x: string, { values, shape }: Matrix, output?: string): string {
  const { codes, scale } = quantizeInteger(values)
  const matrix = graph.constant(codes, [shape.from, shape.to])
  const [quantized = '', inputScale = '', zeroPoint = ''] = graph.nodes('DynamicQuantizeLinear', [x], 3)
  const sums = graph.node('MatMulInteger', [quantized, matrix, zeroPoint])
  const scales = graph.node('Mul', [inputScale, graph.scalar(scale)])
  return graph.node('Mul', [graph.node('Cast', [sums], { to: FLOAT }), scales], {}, output)
}

function blockProduct(graph: OnnxGraph, x: string, { values, shape }: Matrix, output?: string): string {
  const { from, to } = shape
  const { codes, scales } = quantizeBlocks(values, shape)
  const blocks = from / BLOCK
  const inputs = [x, graph.constant(codes, [to, blocks, BLOCK / 2]), graph.constant(scales, [to, blocks])]
  return graph.node(
    'MatMulNBits',
    inputs,
    { K: from, N: to, bits: 4, block_size: BLOCK },
    { output, domain: MICROSOFT },
  )
}

/** Integers from −127 to 127 that, times `scale`, are the values within half a step. */
export function quantizeInteger(values: Float32Array): { readonly codes: Int8Array; readonly scale: number } {
  const scale = largest(values) / 127 || 1
  return { codes: Int8Array.from(values, (value) => Math.round(value / scale)), scale: Math.fround(scale) }
}

/**
 * A `from × to` matrix as `MatMulNBits` takes it: for each column, blocks of 32 weights with a scale of their own, as
 * integers from −7 to 7 that are stored 8 higher, two in a byte, the first in the lower half.
 */
export function quantizeBlocks(
  values: Float32Array,
  { from, to }: Pick<MatrixShape, 'from' | 'to'>,
): { readonly codes: Uint8Array; readonly scales: Float32Array } {
  if (from % BLOCK !== 0) throw new RangeError(`${from} rows can't be cut into blocks of ${BLOCK}.`)
  const blocks = from / BLOCK
  const codes = new Uint8Array((from * to) / 2)
  const scales = new Float32Array(to * blocks)
  const block = new Float32Array(BLOCK)
  for (let at = 0; at < scales.length; at++) {
    const [column, first] = [Math.floor(at / blocks), (at % blocks) * BLOCK]
    for (let row = 0; row < BLOCK; row++) block[row] = values[(first + row) * to + column] as number
    const scale = largest(block) / 7 || 1
    scales[at] = scale
    for (let row = 0; row < BLOCK; row++) {
      const code = Math.round((block[row] as number) / scale) + 8
      codes[(at * BLOCK + row) >> 1] = (codes[(at * BLOCK + row) >> 1] as number) | (code << (row % 2 ? 4 : 0))
    }
  }
  return { codes, scales }
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
