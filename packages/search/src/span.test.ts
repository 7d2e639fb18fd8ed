import { describe, expect, it } from 'vitest'
import { packReference, spanOf } from './calibration/calibration-file.ts'
import { seededRandom } from './calibration/random.ts'
import { Span } from './span.ts'

const DIMENSION = 8

/** Rows around (1, 0, …) that differ in the next two directions, and in the others by a little. */
function rows(count: number): Float32Array {
  const random = seededRandom(1)
  const spread = (scale: number) => scale * (random() - 0.5)
  return Float32Array.from({ length: count * DIMENSION }, (_, at) => {
    const place = at % DIMENSION
    return place === 0 ? 1 : spread(place < 3 ? 1 : 0.05)
  })
}

const axis = (place: number, length: number) =>
  Float32Array.from({ length: DIMENSION }, (_, at) => (at === 0 ? 1 : at === place ? length : 0))

describe('what rows span', () => {
  const span = Span.of(rows(200), DIMENSION) as Span

  it('is the directions that they differ in most: beside them is outside, along them is not', () => {
    for (const place of [1, 2]) expect(span.outside(axis(place, 0.4))).toBeLessThan(0.02)
    // The fourth is one of the directions that are kept at most by chance; a vector beside all of them is not.
    const beside = Float32Array.from({ length: DIMENSION }, (_, at) => (at === 0 ? 1 : at < 3 ? 0 : 0.5))
    expect(span.outside(beside)).toBeGreaterThan(0.3)
  })

  it('counts from how far the rows themselves lie outside: on average not at all', () => {
    const all = rows(200)
    const own = Array.from({ length: 200 }, (_, at) => span.outside(all.subarray(at * DIMENSION, (at + 1) * DIMENSION)))
    expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(0, 6)
    expect(span.typical).toBeGreaterThan(0)
    expect(Math.max(...own)).toBeLessThan(0.1)
  })

  it('is of at most half of all directions: there is always an outside', () => {
    expect(span.vectors.length).toBe((1 + DIMENSION / 2) * DIMENSION)
    expect(Span.of(rows(8), DIMENSION)?.vectors.length).toBe((1 + 2) * DIMENSION)
  })

  it.each([
    [0, DIMENSION],
    [3, DIMENSION],
    [0, 0],
  ])('is nothing for %i rows', (count, dimension) => {
    expect(Span.of(rows(count), dimension)).toBeUndefined()
  })

  it('comes back from the file of a calibration as it was', () => {
    const kept = { rows: 200, dimension: DIMENSION, reference: '' }
    const read = spanOf({ ...kept, span: { vectors: packReference(span.vectors), typical: span.typical } })
    expect(read?.outside(axis(5, 0.7))).toBe(span.outside(axis(5, 0.7)))
    expect(spanOf(kept)).toBeUndefined()
  })
})
