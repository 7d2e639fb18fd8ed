import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TINY } from '@promptloom/clip/synthetic/synthetic-model'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { type Collection, createCollection } from './collection.double.ts'

/** 1 − cosine that rounded weights may cost in two layers of width 32; see packages/clip/src/precision.test.ts. */
const TOLERANCE = { int8: 1e-2, q4: 0.1 } as const
const PROMPTS = ['a cat', 'a dog and a cat', 'two birds in the sky', 'A  CAT']

async function createQuantized(): Promise<Collection> {
  const picture = await sharp({ create: { width: 40, height: 50, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  return createCollection([PROMPTS.map((prompt, at) => [prompt, at === 0 ? picture : undefined] as const)], {
    formats: ['fp32', 'int8', 'q4'],
  })
}

const vectorsOf = async (collection: Collection) => [
  ...(await collection.text('text-00000')).prompt_vector,
  ...(await collection.image('image-00000')).image_vector,
]

/** The largest 1 − cosine between vectors of the same row. */
function farthest(vectors: readonly number[], others: readonly number[]): number {
  const rows = Array.from({ length: vectors.length / TINY.dimension }, (_, row) => row * TINY.dimension)
  const dot = (start: number) =>
    vectors.slice(start, start + TINY.dimension).reduce((sum, one, at) => sum + one * (others[start + at] as number), 0)
  return Math.max(...rows.map((start) => 1 - dot(start)))
}

it('int8 and q4 weights make other vectors of another model, near those of fp32, and say so', async () => {
  const collection = await createQuantized()
  expect(await collection.run()).toBe(0)
  expect(collection.warnings).toEqual([])
  const full = await vectorsOf(collection)
  const { facts } = await collection.checkpoint('text-00000')
  expect(facts.precision).toBe('fp32')
  const bytes = () => readFile(join(collection.workspace, 'embed', 'text-00000.parquet'))
  const first = await bytes()

  const models = [facts.model]
  for (const precision of ['int8', 'q4'] as const) {
    expect(await collection.run({ precision })).toBe(0)
    const reduced = await collection.checkpoint('text-00000')
    // Nothing of the other weights' vectors is taken over, though prompts and pictures are the same.
    expect(reduced.facts).toMatchObject({ precision, embedded: 3 })
    expect((await collection.checkpoint('image-00000')).facts).toMatchObject({ precision, embedded: 1 })
    models.push(reduced.facts.model)
    expect(new Set((await collection.text('text-00000')).model)).toEqual(new Set([reduced.facts.model]))
    expect(farthest(await vectorsOf(collection), full)).toBeLessThan(TOLERANCE[precision])
    expect(await vectorsOf(collection)).not.toEqual(full)
    expect(collection.warnings).toEqual([
      `Vectors are made with ${precision} weights (embed.precision): near those of fp32, not equal, and not the same bytes in every batch.`,
    ])
  }
  expect(new Set(models).size).toBe(3)

  await collection.run()
  expect(await bytes()).toEqual(first)
})

it('weights that the directory lacks are refused in one sentence that names those it has', async () => {
  const collection = await createCollection([[['a cat']]])
  await expect(collection.run({ precision: 'int8' })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(
      /^The model directory .* has no int8 text_model, vision_model or model: it has onnx\/text_model\.onnx, onnx\/vision_model\.onnx; run "promptloom model pull NAME --precision int8 --to /,
    ),
  })
})
