import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DISTRIBUTION, percentile, summarize } from './latency.ts'

describe('summarize', () => {
  it('gives nearest-rank percentiles: latencies that were measured, none in between', () => {
    const summary = summarize(Array.from({ length: 1000 }, (_, index) => 1000 - index))
    expect(summary).toMatchObject({ n: 1000, mean: 500.5, p50: 500, p95: 950, p99: 990, max: 1000 })
    expect(summary?.distribution).toHaveLength(DISTRIBUTION.length)
    expect(summary?.distribution.at(0)).toBe(1)
    expect(summary?.distribution.at(-1)).toBe(1000)
  })

  it('withholds percentiles that so few questions do not have', () => {
    expect(summarize(new Array(19).fill(1))).toMatchObject({ p95: null, p99: null })
    expect(summarize(new Array(20).fill(1))).toMatchObject({ p95: 1, p99: null })
    expect(summarize(new Array(100).fill(1))).toMatchObject({ p95: 1, p99: 1 })
  })

  it('does not hide the slowest answer', () => {
    expect(summarize([1, 1, 1, 900])?.max).toBe(900)
  })

  it('has nothing to say about nothing', () => {
    expect(summarize([])).toBeUndefined()
  })
})

describe('percentile', () => {
  it('takes the smallest value that at least that share does not exceed', () => {
    expect(percentile([10, 20, 30, 40], 0.5)).toBe(20)
    expect(percentile([10, 20, 30, 40], 0.51)).toBe(30)
    expect(percentile([10], 0)).toBe(10)
  })
})

describe('of any latencies', () => {
  const samples = fc.array(fc.double({ min: 0.01, max: 10_000, noNaN: true }), { minLength: 1, maxLength: 300 })

  it('percentiles rise, from the fastest to the slowest, and each was measured', () => {
    fc.assert(
      fc.property(samples, (times) => {
        const summary = summarize(times)
        const { distribution = [], p50 = 0, max = 0, mean = 0 } = summary ?? {}
        const measured = new Set(times.map((one) => Math.round(one * 1000) / 1000))
        expect(distribution).toEqual([...distribution].sort((a, b) => a - b))
        expect(distribution.every((one) => measured.has(one))).toBe(true)
        expect(max).toBe(Math.max(...measured))
        expect(measured.has(p50)).toBe(true)
        expect(mean).toBeLessThanOrEqual(max + 0.001)
        for (const one of [summary?.p95, summary?.p99]) if (one) expect(one).toBeLessThanOrEqual(max)
      }),
    )
  })

  it('a percentile has at least its share at or below it, and less strictly below', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 1, noNaN: true }), (times, share) => {
        const sorted = [...times].sort((a, b) => a - b)
        const value = percentile(sorted, share)
        expect(sorted.filter((one) => one <= value).length).toBeGreaterThanOrEqual(share * sorted.length - 1e-9)
        expect(sorted.filter((one) => one < value).length).toBeLessThan(share * sorted.length + 1e-9)
      }),
    )
  })
})
