import { seededRandom } from '@promptloom/search/calibration/random'
import { expect, it } from 'vitest'
import { placeAmong } from './placement.ts'
import { principalComponents } from './principal-components.ts'

it('a point comes to lie among its neighbours', () => {
  const random = seededRandom(1)
  const dimension = 4
  const count = 400
  const vectors = Float32Array.from({ length: count * dimension }, () => random())
  // The place is a part of the vector, so that right and wrong are known.
  const places = Float32Array.from(
    { length: count * 2 },
    (_, at) => vectors[(at >> 1) * dimension + (at % 2)] as number,
  )
  const further = Float32Array.from({ length: 100 * dimension }, () => random())
  const placed = placeAmong({ vectors, dimension, places }, further)
  let error = 0
  for (let row = 0; row < 100; row++) {
    const [x, y] = [further[row * dimension] as number, further[row * dimension + 1] as number]
    error += Math.hypot((placed[row * 2] as number) - x, (placed[row * 2 + 1] as number) - y) / 100
  }
  // At random it would be about 0.5.
  expect(error).toBeLessThan(0.2)
})

it('a point that is one of those that have a place gets that place', () => {
  const vectors = Float32Array.of(0, 0, 1, 0, 0, 1, 5, 5)
  const places = Float32Array.of(0, 0, 0.5, 0, 0, 0.5, 1, 1)
  const placed = placeAmong({ vectors, dimension: 2, places }, Float32Array.of(5, 5))
  expect(placed[0]).toBeCloseTo(1, 3)
  expect(placed[1]).toBeCloseTo(1, 3)
})

it('principal components keep distances where the differences lie in few directions', () => {
  const random = seededRandom(3)
  const rows = Array.from({ length: 60 }, () => [random() * 10, random() * 5])
  // Two directions out of eight, turned away from the axes.
  const vectors = Float32Array.from(rows.flatMap(([a = 0, b = 0]) => [a, b, a + b, a - b, 1, 2, a / 2, b / 2]))
  const low = principalComponents(vectors, 8, 2)
  const distance = (values: Float32Array, size: number, p: number, q: number) =>
    Math.hypot(
      ...Array.from({ length: size }, (_, at) => (values[p * size + at] as number) - (values[q * size + at] as number)),
    )
  for (let at = 1; at < 60; at++) expect(distance(low, 2, 0, at)).toBeCloseTo(distance(vectors, 8, 0, at), 3)
})
