import { expect, test } from 'vitest'
import { evaluate, missedAims, rank } from './evaluation.ts'
import type { HeldOutPair } from './held-out.ts'

const pair = (prompt: string, seed: number): HeldOutPair => ({ prompt, seed, width: 32, height: 32 })
const axis = (at: number) => Float32Array.from({ length: 16 }, (_, index) => (index === at ? 1 : 0))

test('a rank counts wrong answers that score as high as the best right one', () => {
  expect(rank([0.5, 0.9, 0.7], (at) => at === 1)).toBe(0)
  expect(rank([0.9, 0.9, 0.7], (at) => at === 1)).toBe(1)
  expect(rank([0.9, 0.2, 0.9], (at) => at !== 1)).toBe(0)
  expect(rank([0.1, 0.2, 0.3], (at) => at === 0)).toBe(2)
})

test('pictures of the same prompt are equally right answers', async () => {
  const pairs = [pair('a fox, ink', 1), pair('A fox, ink,', 2), pair('an owl, oil painting', 3)]
  // Each prompt finds the other picture of its own text.
  const figures = await evaluate(pairs, {
    texts: async () => [axis(1), axis(0), axis(2)],
    pictures: async () => [axis(0), axis(1), axis(2)],
  })
  expect(figures).toMatchObject({ pairs: 3, recallAt1: 1, recallAt10: 1 })
})

test('a model that gives everything the same vector is right about nothing', async () => {
  const pairs = Array.from({ length: 12 }, (_, index) =>
    pair(`a fox, ${['ink', 'poster'][index % 2]}, number ${index}`, index),
  )
  const flat = async (rows: readonly unknown[]) => rows.map(() => axis(0))
  const figures = await evaluate(pairs, { texts: flat, pictures: flat })
  expect(figures).toMatchObject({ recallAt1: 0, recallAt10: 0 })
  expect(missedAims(figures)).toEqual(['recallAt1', 'recallAt10', 'stylePrecisionAt10'])
})

test('style precision looks at the nearest other pictures of other prompts', async () => {
  const pairs = Array.from({ length: 24 }, (_, index) =>
    pair(`a fox, ${index < 12 ? 'ink' : 'poster'}, number ${index}`, index),
  )
  const byStyle = async (rows: readonly unknown[]) => rows.map((_, index) => axis(index < 12 ? 0 : 1))
  const mixed = async (rows: readonly unknown[]) => rows.map((_, index) => axis(index % 2))
  const right = await evaluate(pairs, { texts: byStyle, pictures: byStyle })
  expect(right.stylePrecisionAt10).toBe(1)
  const wrong = await evaluate(pairs, { texts: mixed, pictures: mixed })
  expect(wrong.stylePrecisionAt10).toBeLessThan(0.7)
})
