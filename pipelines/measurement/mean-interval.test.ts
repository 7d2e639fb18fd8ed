import { describe, expect, it } from 'vitest'
import { meanInterval } from './mean-interval.ts'

describe('the interval of a mean', () => {
  it('is the textbook one', () => {
    // Gosset's sleep data (Student 1908, second drug): mean 2.33, standard deviation 2.002, n 10.
    const { value, low, high } = meanInterval([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    expect(value).toBeCloseTo(2.33, 2)
    expect(low).toBeCloseTo(0.898, 2)
    expect(high).toBeCloseTo(3.762, 2)
  })

  it('is wide for two values, and close to the normal one for many', () => {
    const two = meanInterval([1, 2])
    expect(two.high - two.low).toBeCloseTo(12.706, 2)
    const many = meanInterval(Array.from({ length: 1_000 }, (_, at) => at % 2))
    expect(many.high - many.low).toBeCloseTo((2 * 1.962 * 0.50025) / Math.sqrt(1_000), 4)
  })

  it('does not jump where the table ends', () => {
    const width = (n: number) => {
      const { low, high } = meanInterval(Array.from({ length: n }, (_, at) => at % 2))
      return (high - low) * Math.sqrt(n - 1)
    }
    expect(width(32) / width(30)).toBeCloseTo(1, 2)
  })

  it('is unknown for one value, and the mean too for none', () => {
    expect(meanInterval([7])).toEqual({ value: 7, low: Number.NaN, high: Number.NaN, n: 1 })
    expect(meanInterval([]).value).toBeNaN()
  })

  it('holds the true mean in about 95 of 100 small samples', () => {
    let state = 1
    const uniform = () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    let held = 0
    for (let trial = 0; trial < 1_000; trial++) {
      const { low, high } = meanInterval(Array.from({ length: 6 }, uniform))
      if (low <= 0.5 && 0.5 <= high) held++
    }
    expect(held).toBeGreaterThanOrEqual(930)
    expect(held).toBeLessThanOrEqual(975)
  })
})
