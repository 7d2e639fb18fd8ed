import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spread } from './spread.ts'

test('of an odd number of figures is the one in the middle, of an even number the mean of two', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 })
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4 })
  // As numbers, not as text.
  expect(spread([10, 9, 100])).toEqual({ median: 10, least: 9, most: 100 })
})

test('of any figures lies between the least and the most, with half of them on either side, and leaves them alone', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 }), (values) => {
      const before = [...values]
      const { median, least, most } = spread(values)
      expect(values).toEqual(before)
      expect([least, most]).toEqual([Math.min(...values), Math.max(...values)])
      expect(values.filter((one) => one < median).length).toBeLessThanOrEqual(values.length / 2)
      expect(values.filter((one) => one > median).length).toBeLessThanOrEqual(values.length / 2)
    }),
  )
})

test('of nothing is no number', () => {
  expect(spread([])).toEqual({ median: Number.NaN, least: Number.NaN, most: Number.NaN })
})
