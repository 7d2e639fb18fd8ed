import { expect, test } from 'vitest'
import { powerLawVectors } from './bench-vectors.ts'

test('vectors are of unit length, decided by the seed, and no component stands out', () => {
  const vectors = powerLawVectors(2000, 64, 5)
  expect(powerLawVectors(2000, 64, 5)).toEqual(vectors)
  expect(powerLawVectors(1, 64, 6)).not.toEqual(vectors.subarray(0, 64))
  const energy = new Float64Array(64)
  for (let row = 0; row < 2000; row++) {
    const vector = vectors.subarray(row * 64, row * 64 + 64)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
    for (const [at, value] of vector.entries()) energy[at] = (energy[at] as number) + value * value
  }
  expect(Math.max(...energy) / Math.min(...energy)).toBeLessThan(1.5)
})

test('few directions carry most: two of them are far more alike than vectors of independent components', () => {
  const vectors = powerLawVectors(400, 64, 5)
  let sum = 0
  for (let row = 0; row < 399; row++) {
    let dot = 0
    for (let at = 0; at < 64; at++) dot += (vectors[row * 64 + at] as number) * (vectors[row * 64 + 64 + at] as number)
    sum += dot * dot
  }
  // 1/64 for independent components.
  expect(sum / 399).toBeGreaterThan(4 / 64)
})
