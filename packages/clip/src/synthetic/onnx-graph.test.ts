import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { OnnxGraph } from './onnx-graph.ts'
import { bytes, float, integer, message, string } from './protobuf.ts'
import { RandomWeights } from './random-weights.ts'

const hex = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString('hex')

describe('protobuf fields', () => {
  it('are written as the format prescribes', () => {
    expect(hex(integer(1, 150))).toBe('089601')
    expect(hex(integer(1, 0))).toBe('0800')
    expect(hex(integer(1, -1))).toBe('08ffffffffffffffffff01')
    expect(hex(integer(20, 1))).toBe('a00101')
    expect(hex(string(2, 'testing'))).toBe('120774657374696e67')
    expect(hex(bytes(9, Uint8Array.of(1, 2)))).toBe('4a020102')
    expect(hex(float(2, 1))).toBe('150000803f')
    expect(hex(message(3, integer(1, 150)))).toBe('1a03089601')
  })

  it('never copy large values', () => {
    const weights = new Uint8Array(1000)
    expect(message(5, bytes(9, weights)).includes(weights)).toBe(true)
  })
})

describe('an ONNX graph', () => {
  it('computes what its nodes say', async () => {
    const graph = new OnnxGraph('affine')
    const x = graph.input('x', 'float', ['batch', 2])
    const matrix = graph.constant(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])
    const sum = graph.node('Add', [graph.node('MatMul', [x, matrix]), graph.scalar(0.5)])
    const picked = graph.node('Gather', [sum, graph.integers(2, 0)], { axis: 1 })
    graph.node('LeakyRelu', [picked], { alpha: { f: 0.25 } }, 'y')
    graph.output('y', ['batch', 2])
    const path = join(await mkdtemp(join(tmpdir(), 'promptloom-onnx-')), 'affine.onnx')
    await graph.save(path)
    const session = await InferenceSession.create(path)
    expect([session.inputNames, session.outputNames]).toEqual([['x'], ['y']])
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 1, -2, 0), [2, 2]) })
    expect(Array.from(y?.data as Float32Array)).toEqual([9.5, 5.5, -1.375, -0.375])
    await session.release()
  })
})

describe('random weights', () => {
  it('are the same for a seed, others for another, and as wide as asked', () => {
    const weights = (seed: number) => new RandomWeights(seed).values(20_000, 0.5)
    expect(weights(3)).toEqual(weights(3))
    expect(weights(3)).not.toEqual(weights(4))
    const values = weights(3)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    expect(mean).toBeCloseTo(0, 1)
    expect(deviation).toBeCloseTo(0.5, 1)
  })
})
