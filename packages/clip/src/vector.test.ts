import { describe, expect, it } from 'vitest'
import { meanVector, normalizeRows } from './vector.ts'

describe('vectors', () => {
  it('are scaled to unit length row by row, in place', () => {
    const rows = Float32Array.of(3, 4, 0, -2)
    normalizeRows(rows, 2)
    expect(rows).toEqual(Float32Array.of(0.6, 0.8, 0, -1))
  })

  it('of any size are scaled, without overflow', () => {
    const rows = Float32Array.of(1e30, 1e30, 1e-30, 0)
    normalizeRows(rows, 2)
    expect(rows[0]).toBeCloseTo(Math.SQRT1_2, 6)
    expect(rows[2]).toBeCloseTo(1, 6)
  })

  it.each([
    ['zeros', [0, 0]],
    ['a value that is no number', [Number.NaN, 1]],
    ['an infinite value', [Number.POSITIVE_INFINITY, 1]],
  ])('of %s are refused', (_, values) => {
    expect(() => normalizeRows(Float32Array.from(values), 2)).toThrow(/zeros or with values that are not finite/)
  })

  it('are averaged to unit length, and a single one stays as it is', () => {
    const one = Float32Array.of(1, 0)
    expect(meanVector([one])).toBe(one)
    const mean = meanVector([one, Float32Array.of(0, 1)])
    expect(mean[0]).toBeCloseTo(Math.SQRT1_2, 6)
    expect(mean[1]).toBeCloseTo(Math.SQRT1_2, 6)
  })
})
