import { seededRandom } from '@promptloom/search/calibration/random'
import { expect, it } from 'vitest'
import { sampler } from './sampler.ts'

it('numbers are the same for the same seed, and spread over their range', () => {
  const draw = (seed: number) => Array.from({ length: 1_000 }, seededRandom(seed))
  expect(draw(5)).toEqual(draw(5))
  expect(draw(5)).not.toEqual(draw(6))
  const mean = draw(5).reduce((sum, value) => sum + value, 0) / 1_000
  expect(mean).toBeGreaterThan(0.45)
  expect(mean).toBeLessThan(0.55)
  expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true)
})

it.each([
  [100, 10],
  [100, 0],
  [10, 100],
  [1, 1],
])('of %d things exactly the wanted %d are chosen, or all there are', (total, wanted) => {
  const isChosen = sampler(total, wanted)
  expect(Array.from({ length: total }, () => isChosen()).filter(Boolean)).toHaveLength(Math.min(total, wanted))
})
