import { type MatrixShape, type ProductTarget, product } from './matrix-product.ts'

/** Size of a tower: width of its hidden state, layers, attention heads. */
export interface TowerShape {
  readonly width: number
  readonly layers: number
  readonly heads: number
}

/** Where a tower's nodes and weights go. */
export interface TowerBuilder extends ProductTarget {
  readonly shape: TowerShape
}

/** A layer normalization with weights of one and biases of zero. */
export function layerNorm({ graph, shape }: TowerBuilder, x: string): string {
  const scale = graph.constant(new Float32Array(shape.width).fill(1), [shape.width])
  const bias = graph.constant(new Float32Array(shape.width), [shape.width])
  return graph.node('LayerNormalization', [x, scale, bias], { axis: -1, epsilon: { f: 1e-5 } })
}

/** The residual layers of a CLIP tower on `x`, `batch × tokens × width`; `mask` is added to the attention scores. */
export function transformer(builder: TowerBuilder, x: string, mask?: string): string {
  let hidden = x
  for (let layer = 0; layer < builder.shape.layers; layer++) {
    const attended = attention(builder, layerNorm(builder, hidden), mask)
    hidden = builder.graph.node('Add', [hidden, attended])
    hidden = builder.graph.node('Add', [hidden, feedForward(builder, layerNorm(builder, hidden))])
  }
  return hidden
}

function attention(builder: TowerBuilder, x: string, mask: string | undefined): string {
  const { graph, shape } = builder
  const { width, heads } = shape
  const size = width / heads
  const split = graph.integers(0, 0, heads, size)
  const head = (perm: readonly number[]) => {
    const projected = linear(builder, x, { from: width, to: width, deviation: width ** -0.5 })
    return graph.node('Transpose', [graph.node('Reshape', [projected, split])], { perm })
  }
  const query = graph.node('Mul', [head([0, 2, 1, 3]), graph.scalar(size ** -0.5)])
  const scores = graph.node('MatMul', [query, head([0, 2, 3, 1])])
  const masked = mask === undefined ? scores : graph.node('Add', [scores, mask])
  const weights = graph.node('Softmax', [masked], { axis: -1 })
  const mixed = graph.node('Transpose', [graph.node('MatMul', [weights, head([0, 2, 1, 3])])], { perm: [0, 2, 1, 3] })
  const joined = graph.node('Reshape', [mixed, graph.integers(0, 0, width)])
  return linear(builder, joined, { from: width, to: width, deviation: (2 * shape.layers * width) ** -0.5 })
}

/** Two linear layers with QuickGELU, x · sigmoid(1.702 x), between them. */
function feedForward(builder: TowerBuilder, x: string): string {
  const { graph, shape } = builder
  const inner = shape.width * 4
  const up = linear(builder, x, { from: shape.width, to: inner, deviation: (2 * shape.width) ** -0.5 })
  const gate = graph.node('Sigmoid', [graph.node('Mul', [up, graph.scalar(1.702)])])
  const active = graph.node('Mul', [up, gate])
  return linear(builder, active, { from: inner, to: shape.width, deviation: (2 * shape.layers * shape.width) ** -0.5 })
}

function linear(builder: TowerBuilder, x: string, shape: MatrixShape): string {
  const bias = builder.graph.constant(new Float32Array(shape.to), [shape.to])
  return builder.graph.node('Add', [product(builder, x, shape), bias])
}
