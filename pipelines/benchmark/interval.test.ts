import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { halfWidth, recallInterval } from './interval.ts'
import { measureOptions } from './options.ts'
import { seededRandom } from './random.ts'

describe('recallInterval', () => {
  it('agrees with the published Wilson interval where each query is one trial', () => {
    // 81 of 263: Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 0.2553 to 0.3662.
    const recalls = Array.from({ length: 263 }, (_, index) => (index < 81 ? 1 : 0))
    const { mean, low, high } = recallInterval(recalls, 1)
    expect(mean).toBeCloseTo(81 / 263, 12)
    expect(low).toBeCloseTo(0.2553, 3)
    expect(high).toBeCloseTo(0.3662, 3)
  })

  it('does not claim certainty when every query was perfect', () => {
    const { mean, low, high } = recallInterval(new Array(100).fill(1), 10)
    expect(mean).toBe(1)
    expect(high).toBe(1)
    expect(low).toBeGreaterThan(0.95)
    expect(low).toBeLessThan(0.99)
  })

  it('is wide when queries differ as wholes, narrow when misses are spread', () => {
    const whole = Array.from({ length: 200 }, (_, index) => (index % 10 === 0 ? 0 : 1))
    const spread = new Array(200).fill(0.9)
    spread[0] = 0.8
    spread[1] = 1
    expect(halfWidth(recallInterval(whole, 10))).toBeGreaterThan(3)
    expect(halfWidth(recallInterval(spread, 10))).toBeLessThan(1.6)
  })

  it('knows nothing without queries', () => {
    expect(recallInterval([], 10)).toMatchObject({ low: 0, high: 1, n: 0 })
  })

  it('holds the true recall in about 95 of 100 simulated benchmarks, ties between rows of a query included', () => {
    const random = seededRandom('coverage')
    for (const [mean, n] of [
      [0.95, 300],
      [0.99, 1000],
      [0.998, 1000],
    ] as const) {
      let held = 0
      for (let trial = 0; trial < 400; trial++) {
        // A tenth of the queries is hard and holds all the misses.
        const recalls = Array.from({ length: n }, () => {
          if (random() >= 0.1) return 1
          let hits = 0
          for (let row = 0; row < 10; row++) if (random() >= (1 - mean) * 10) hits++
          return hits / 10
        })
        const { low, high } = recallInterval(recalls, 10)
        if (low <= mean && mean <= high) held++
      }
      expect(held / 400).toBeGreaterThan(0.92)
    }
  })
})

describe('the default number of questions', () => {
  const { queries, targetRecall } = measureOptions.parse({})

  it('knows recall@10 to half a point at the target, misses spread or a tenth of the questions holding all', () => {
    const random = seededRandom('half a point')
    for (const hard of [1, 0.1]) {
      for (let trial = 0; trial < 50; trial++) {
        const recalls = Array.from({ length: queries }, () => {
          if (random() >= hard) return 1
          const hits = Array.from({ length: 10 }, () => random() >= (1 - targetRecall) / hard)
          return hits.filter(Boolean).length / 10
        })
        expect(halfWidth(recallInterval(recalls, 10))).toBeLessThanOrEqual(0.5)
      }
    }
  })

  it('would not do with a quarter of it', () => {
    const clumped = Array.from({ length: queries / 4 }, (_, index) => (index % 50 === 0 ? 0.5 : 1))
    expect(halfWidth(recallInterval(clumped, 10))).toBeGreaterThan(0.5)
  })
})

describe('any interval', () => {
  const recalls = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 200 })

  it('lies within 0 and 1, around its mean', () => {
    fc.assert(
      fc.property(recalls, (tenths) => {
        const { mean, low, high, n } = recallInterval(
          tenths.map((one) => one / 10),
          10,
        )
        expect(n).toBe(tenths.length)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(mean)
        expect(high).toBeGreaterThanOrEqual(mean)
        expect(high - low).toBeGreaterThan(0)
      }),
    )
  })

  it('gets narrower when the same is measured four times over, by about a half', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 30, maxLength: 100 }), (tenths) => {
        const once = tenths.map((one) => one / 10)
        const often = [...once, ...once, ...once, ...once]
        const ratio = halfWidth(recallInterval(often, 10)) / halfWidth(recallInterval(once, 10))
        expect(ratio).toBeGreaterThan(0.2)
        expect(ratio).toBeLessThan(0.6)
      }),
    )
  })

  it('does not depend on the order of the questions', () => {
    fc.assert(
      fc.property(recalls, (tenths) => {
        const [a, b] = [tenths, [...tenths].reverse()].map((some) =>
          recallInterval(
            some.map((one) => one / 10),
            10,
          ),
        )
        expect(a?.low).toBeCloseTo(b?.low as number, 9)
        expect(a?.high).toBeCloseTo(b?.high as number, 9)
      }),
    )
  })
})
