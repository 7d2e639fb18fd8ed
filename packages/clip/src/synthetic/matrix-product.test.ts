import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { product, quantizeBlocks, quantizeInteger, type WeightFormat } from './matrix-product.ts'
import { OnnxGraph } from './onnx-graph.ts'
import { RandomWeights } from './random-weights.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-product-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const values = (length: number) =>
  fc
    .array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: length, maxLength: length })
    .map((list) => Float32Array.from(list))

describe('8-bit weights', () => {
  it('are the values within half a step, whatever they are', () => {
    fc.assert(
      fc.property(values(24), (weights) => {
        const { codes, scale } = quantizeInteger(weights)
        weights.forEach((value, at) => {
          expect(Math.abs(value - (codes[at] as number) * scale)).toBeLessThanOrEqual(scale * 0.5001)
        })
      }),
    )
  })

  it('of nothing but zeros are zeros', () => {
    expect(quantizeInteger(new Float32Array(4))).toEqual({ codes: new Int8Array(4), scale: 1 })
  })
})

describe('4-bit weights', () => {
  it('are the values within half a step of their block, column by column', () => {
    fc.assert(
      fc.property(values(64 * 3), (weights) => {
        const { codes, scales } = quantizeBlocks(weights, { from: 64, to: 3 })
        expect([codes.length, scales.length]).toEqual([96, 6])
        weights.forEach((value, at) => {
          const [row, column] = [Math.floor(at / 3), at % 3]
          const scale = scales[column * 2 + Math.floor(row / 32)] as number
          const byte = codes[(column * 64 + row) >> 1] as number
          const code = (row % 2 ? byte >> 4 : byte & 15) - 8
          expect(Math.abs(value - code * scale)).toBeLessThanOrEqual(scale * 0.5001)
        })
      }),
      { numRuns: 30 },
    )
  })

  it('need rows that fill whole blocks', () => {
    expect(() => quantizeBlocks(new Float32Array(40), { from: 40, to: 1 })).toThrow(
      "40 rows can't be cut into blocks of 32.",
    )
  })
})

describe('a product', () => {
  const SHAPE = { from: 64, to: 48, deviation: 1 }
  const rows = new RandomWeights(9).values(5 * SHAPE.from, 1)

  async function multiplied(format: WeightFormat): Promise<Float32Array> {
    const graph = new OnnxGraph(format)
    const x = graph.input('x', 'float', ['rows', SHAPE.from])
    product({ graph, weights: new RandomWeights(3), format }, x, SHAPE, 'y')
    graph.output('y', ['rows', SHAPE.to])
    const path = join(folder, `${format}.onnx`)
    await graph.save(path)
    const session = await InferenceSession.create(path)
    const { y } = await session.run({ x: new Tensor('float32', rows, [5, SHAPE.from]) })
    await session.release()
    return y?.data as Float32Array
  }

  /** The product by its definition, with weights as the formats store them. */
  function expected(weightAt: (row: number, column: number) => number): Float32Array {
    return Float32Array.from({ length: 5 * SHAPE.to }, (_, at) => {
      const [row, column] = [Math.floor(at / SHAPE.to), at % SHAPE.to]
      let sum = 0
      for (let inner = 0; inner < SHAPE.from; inner++)
        sum += (rows[row * SHAPE.from + inner] as number) * weightAt(inner, column)
      return sum
    })
  }

  const weights = new RandomWeights(3).values(SHAPE.from * SHAPE.to, 1)
  const most = (a: Float32Array, b: Float32Array) =>
    a.reduce((far, one, at) => Math.max(far, Math.abs(one - (b[at] as number))), 0)

  it('in full precision is what it says', async () => {
    const exact = expected((row, column) => weights[row * SHAPE.to + column] as number)
    expect(most(await multiplied('fp32'), exact)).toBeLessThan(1e-4)
  })

  it('of 4-bit weights is the product of the weights that they stand for', async () => {
    const { codes, scales } = quantizeBlocks(weights, SHAPE)
    const stored = expected((row, column) => {
      const byte = codes[(column * SHAPE.from + row) >> 1] as number
      return ((row % 2 ? byte >> 4 : byte & 15) - 8) * (scales[column * 2 + Math.floor(row / 32)] as number)
    })
    expect(most(await multiplied('q4'), stored)).toBeLessThan(1e-4)
  })

  it('of 8-bit weights is that of the weights and inputs that they stand for, within the rounding of inputs', async () => {
    const { codes, scale } = quantizeInteger(weights)
    const stored = expected((row, column) => (codes[row * SHAPE.to + column] as number) * scale)
    const step = (Math.max(...rows) - Math.min(...rows)) / 255
    const result = await multiplied('int8')
    // Each of 64 inputs is off by half a step at most, and weights are below 2 (uniform with a deviation of 1).
    expect(most(result, stored)).toBeLessThan(64 * (step / 2) * 2)
    expect(most(result, stored)).toBeGreaterThan(0)
  })
})
