import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Model, openModel } from './model.ts'
import { readModelDirectory } from './model-directory.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'
import { verifyModel } from './verification.ts'

/**
 * How far vectors of other weights may be from those of the full ones, as 1 − cosine: what two layers of width 32
 * with random weights lose to rounding. Real models are wider and lose less.
 */
const TOLERANCE = { fp16: 1e-5, int8: 1e-2, q4: 0.1 } as const
const REDUCED = ['fp16', 'int8', 'q4'] as const
const TEXTS = Array.from({ length: 24 }, (_, at) => `${'a cat and a dog '.repeat(at % 6)}${at}`)
const PIXELS = Array.from({ length: 5 }, (_, picture) =>
  Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => (at * (picture + 3)) % 251),
)

let folder: string
let full: { texts: Float32Array[]; pictures: Float32Array[]; digest: string }
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'promptloom-precision-')), 'tiny')
  await writeSyntheticModel(folder, TINY, { formats: ['fp32', ...REDUCED] })
  await using model = await openModel(folder, { workers: 1, device: 'cpu' })
  full = { ...(await vectorsOf(model)), digest: model.digest }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function vectorsOf(model: Model) {
  return {
    texts: await model.text.embed(TEXTS),
    pictures: (await model.image?.encode(PIXELS, true)) as Float32Array[],
  }
}

const farthest = (vectors: readonly Float32Array[], others: readonly Float32Array[]) =>
  Math.max(
    ...vectors.map((one, at) => 1 - one.reduce((sum, value, place) => sum + value * (others[at]?.[place] ?? 0), 0)),
  )

describe.each(REDUCED)('weights in %s', (precision) => {
  it('are of that kind in the file, not renamed full ones', async () => {
    const ending = { fp16: '_fp16', int8: '_quantized', q4: '_q4' }[precision]
    const path = join(folder, 'onnx', `vision_model${ending}.onnx`)
    const bytes = await readFile(path, 'latin1')
    const operator = { fp16: undefined, int8: 'MatMulInteger', q4: 'MatMulNBits' }[precision]
    expect(['MatMulInteger', 'MatMulNBits'].filter((name) => bytes.includes(name))).toEqual(operator ? [operator] : [])
    const session = await InferenceSession.create(path)
    const [input] = session.inputMetadata
    expect(input?.isTensor && input.type).toBe(precision === 'fp16' ? 'float16' : 'float32')
    await session.release()
  })

  let model: Model
  beforeAll(async () => {
    model = await openModel(folder, { workers: 2, device: 'cpu', precision })
  })
  afterAll(() => model[Symbol.asyncDispose]())

  it('run through the same code and give nearly the same vectors, of texts and of pictures', async () => {
    expect([model.precision, model.dimension]).toEqual([precision, TINY.dimension])
    const { texts, pictures } = await vectorsOf(model)
    for (const [own, others] of [
      [texts, full.texts],
      [pictures, full.pictures],
    ] as const) {
      expect(farthest(own, others)).toBeLessThan(TOLERANCE[precision])
      expect(own).not.toEqual(others)
      for (const vector of own) expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
    }
  })

  it('are a model of their own, but for fp16, which was rounded from the full ones', () => {
    if (precision === 'fp16') expect(model.digest).toBe(full.digest)
    else expect(model.digest).not.toBe(full.digest)
  })

  it('pass what is proven of any model: unit length, and nearly the same alone as in a batch', async () => {
    const checks = await verifyModel(model, folder)
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([])
    expect(checks.filter(({ result }) => result === 'passed').map(({ name }) => name)).toEqual([
      'unit length',
      'batch = single',
    ])
  })
})

it('8-bit and 4-bit weights are never chosen by themselves', async () => {
  for (const gpu of [false, true]) {
    const { graphs } = await readModelDirectory(folder, { gpu })
    expect(graphs.precision).toBe(gpu ? 'fp16' : 'fp32')
  }
})
