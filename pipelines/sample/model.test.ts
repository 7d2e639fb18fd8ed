import { fileURLToPath } from 'node:url'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import { expect, test } from 'vitest'
import { openDualEncoder } from './encoder.ts'
import { evaluate } from './evaluation.ts'
import { heldOutPairs } from './held-out.ts'

const directory = fileURLToPath(new URL('../../data/sample/model', import.meta.url))

test('the sample model is laid out as CLIP is, with sizes of its own', async () => {
  const found = await readModelDirectory(directory)
  expect(found).toMatchObject({ family: 'clip', projection: 512, text: { contextLength: 64 } })
  expect(found.picture).toMatchObject({ width: 96, height: 96, kernel: 'cubic' })
})

test('finds the pictures of prompts that it never saw, through the code that runs CLIP', async () => {
  await using encoder = await openDualEncoder(directory)
  const pairs = heldOutPairs().slice(0, 96)
  const figures = await evaluate(pairs, encoder)
  expect(figures.pairs).toBe(96)
  expect(figures.recallAt1).toBeGreaterThanOrEqual(0.75)
  expect(figures.recallAt10).toBeGreaterThanOrEqual(0.95)
})

test('gives unit vectors that do not depend on the other rows of a batch', async () => {
  await using encoder = await openDualEncoder(directory)
  const long = 'a majestic castle in the mountains, watercolour, at sunset, teal and orange, intricate, 8k, sharp focus'
  const [alone] = await encoder.texts(['a cat'])
  const [together] = await encoder.texts(['a cat', long])
  expect(alone).toHaveLength(512)
  expect(Math.hypot(...(alone as Float32Array))).toBeCloseTo(1, 5)
  const cosine = alone?.reduce((sum, value, at) => sum + value * (together?.[at] ?? 0), 0)
  expect(cosine).toBeCloseTo(1, 5)
})
