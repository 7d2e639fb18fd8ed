import fc from 'fast-check'
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

describe('any vectors', () => {
  const vector = fc
    .array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 4, maxLength: 4 })
    .filter((values) => Math.hypot(...values) > 0.01)

  it('have unit length afterwards, and scaling them again changes next to nothing', () => {
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 8 }), (rows) => {
        const values = Float32Array.from(rows.flat())
        normalizeRows(values, 4)
        const once = values.slice()
        normalizeRows(values, 4)
        for (let row = 0; row < rows.length; row++) {
          expect(Math.hypot(...once.subarray(row * 4, row * 4 + 4))).toBeCloseTo(1, 6)
        }
        for (const [at, value] of values.entries()) expect(value).toBeCloseTo(once[at] as number, 6)
      }),
    )
  })

  it('have the mean that lies between them', () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const [one, other] = [Float32Array.from(a), Float32Array.from(b)]
        normalizeRows(one, 4)
        normalizeRows(other, 4)
        const cosine = (x: Float32Array, y: Float32Array) =>
          x.reduce((sum, value, at) => sum + value * (y[at] as number), 0)
        fc.pre(cosine(one, other) > -0.9)
        const mean = meanVector([one, other])
        expect(cosine(mean, one)).toBeCloseTo(cosine(mean, other), 3)
        expect(cosine(mean, one)).toBeGreaterThanOrEqual(cosine(one, other) - 1e-5)
      }),
    )
  })
})
