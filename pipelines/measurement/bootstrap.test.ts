import { describe, expect, it } from 'vitest'
import { bootstrap } from './bootstrap.ts'

function bootstrapMean(values: readonly number[], seed: string) {
  const mean = (drawn: Uint32Array) =>
    values.reduce((sum, value, at) => sum + value * (drawn[at] as number), 0) / values.length
  return bootstrap(values.length, mean, seed)
}

describe('the bootstrap', () => {
  it('gives the mean, and an interval around it that narrows with more values', () => {
    const values = (n: number) => Array.from({ length: n }, (_, at) => at % 10)
    const [few, many] = [bootstrapMean(values(20), 'a'), bootstrapMean(values(2_000), 'a')]
    for (const one of [few, many]) {
      expect(one.value).toBeCloseTo(4.5)
      expect(one.low).toBeLessThan(4.5)
      expect(one.high).toBeGreaterThan(4.5)
    }
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 5)
    // Normal theory: 1.96 · 2.87 / √2000 to either side.
    expect(many.high - many.low).toBeCloseTo((2 * 1.96 * 2.872) / Math.sqrt(2_000), 1)
  })

  it('is the same for the same seed', () => {
    const values = Array.from({ length: 50 }, (_, at) => Math.sin(at) * at)
    expect(bootstrapMean(values, 'a')).toEqual(bootstrapMean(values, 'a'))
    expect(bootstrapMean(values, 'a')).not.toEqual(bootstrapMean(values, 'b'))
  })

  it('knows no interval of one value, and none at all of none', () => {
    expect(bootstrapMean([7], 'a')).toEqual({ value: 7, low: Number.NaN, high: Number.NaN, n: 1 })
    expect(bootstrapMean([], 'a').value).toBeNaN()
  })

  it('holds the true mean in about 95 of 100 samples', () => {
    let state = 1
    const uniform = () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    let held = 0
    for (let trial = 0; trial < 100; trial++) {
      const { low, high } = bootstrapMean(Array.from({ length: 40 }, uniform), `trial ${trial}`)
      if (low <= 0.5 && 0.5 <= high) held++
    }
    expect(held).toBeGreaterThanOrEqual(86)
  })

  it('leaves out draws that say nothing', () => {
    const share = (drawn: Uint32Array) => ((drawn[0] as number) > 0 ? 1 : Number.NaN)
    expect(bootstrap(5, share, 'a')).toEqual({ value: 1, low: 1, high: 1, n: 5 })
  })
})
