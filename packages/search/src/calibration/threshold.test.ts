import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Similarity } from './known-pairs.ts'
import { seededRandom } from './random.ts'
import { bestMeasure, quantile, scale, scoreOf, separation, share, threshold } from './threshold.ts'

const around = (centre: number, count: number, seed: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => centre + random() + random() + random() - 1.5)
}

describe('quantile', () => {
  it('lies between the two nearest values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([1, 2, 3], 0)).toBe(1)
    expect(quantile([1, 2, 3], 1)).toBe(3)
    expect(quantile([], 0.5)).toBe(0)
  })
})

describe('separation', () => {
  it('is 1 for all apart, 0.5 for all alike, 0 the wrong way round', () => {
    expect(separation([1, 2], [3, 4])).toBe(1)
    expect(separation([1, 1], [1, 1])).toBe(0.5)
    expect(separation([3, 4], [1, 2])).toBe(0)
  })
})

describe('the measure', () => {
  const similarity = (cosine: number, outside?: number): Similarity => ({
    cosine,
    background: { mean: 0.2, spread: 0.1, ...(outside === undefined ? {} : { outside }) },
  })
  const known = around(0.5, 20, 1).map((cosine) => cosine / 10 + 0.5)

  it('takes off what lies outside where that tells strange from known, and counts on in deviations', () => {
    const unrelated = known.map((cosine) => similarity(cosine, 0.3))
    const right = known.map((cosine) => similarity(cosine, 0))
    const found = bestMeasure(unrelated, right)
    expect(found.measure).toBe('outside')
    expect(scoreOf(similarity(0.5, 0), found)).toBeCloseTo(3, 9)
    expect(scoreOf(similarity(0.5, 0.05), found)).toBeCloseTo(2, 9)
    expect(scoreOf(similarity(0.5), found)).toBeCloseTo(3, 9)
  })

  it('is another where that tells nothing, or is not known of all', () => {
    const [low, high] = [known.map((cosine) => similarity(cosine - 0.3, 0)), known.map((one) => similarity(one, 0))]
    expect(bestMeasure(low, high).measure).toBe('kind')
    const unrelated = known.map((cosine) => similarity(cosine, 0.3))
    expect(bestMeasure(unrelated, [...high, similarity(0.5)]).measure).not.toBe('outside')
  })
})

describe('the cut-off', () => {
  it('keeps out nearly all unrelated questions where the two are apart', () => {
    const [unrelated, right] = [around(0, 200, 1), around(3, 200, 2)]
    const score = threshold(unrelated, right) as number
    expect(share(unrelated, (one) => one >= score)).toBeCloseTo(0.05, 1)
    expect(share(right, (one) => one < score)).toBe(0)
  })
  it('gives way where it would miss too much, but stays worth something', () => {
    const [unrelated, right] = [around(0, 400, 3), around(1.1, 400, 4)]
    const score = threshold(unrelated, right) as number
    expect(score).toBeLessThan(quantile(unrelated, 0.95))
    expect(share(right, (one) => one < score)).toBeLessThanOrEqual(0.2)
    expect(share(unrelated, (one) => one >= score)).toBeLessThan(0.5)
  })
  it('keeps out unrelated questions that all score the same', () => {
    const unrelated = Array.from({ length: 50 }, () => 1)
    expect(threshold(unrelated, around(4, 50, 6))).toBeGreaterThan(1)
    expect(threshold(unrelated, unrelated)).toBeUndefined()
    expect(threshold(unrelated, unrelated, { otherwise: true })).toBeUndefined()
  })

  it('bargains for nothing where something else can decide', () => {
    const [unrelated, near, far] = [around(0, 400, 3), around(1.1, 400, 4), around(1.6, 400, 4)]
    expect(threshold(unrelated, near)).toBeDefined()
    expect(threshold(unrelated, near, { otherwise: true })).toBeUndefined()
    expect(threshold(unrelated, far, { otherwise: true })).toBe(quantile(unrelated, 0.95))
  })

  it('is none where the model cannot tell', () => {
    expect(threshold(around(0, 200, 5), around(0.1, 200, 6))).toBeUndefined()
    expect(threshold(around(3, 200, 7), around(0, 200, 8))).toBeUndefined()
  })
})

describe('the measure', () => {
  const at = (cosine: number, mean: number, spread: number): Similarity => ({ cosine, background: { mean, spread } })
  it('is the cosine itself where that tells', () => {
    // Unrelated questions are far from everything, and stand out from it by more.
    const unrelated = around(0.3, 50, 1).map((noise) => at(0.3 + noise / 100, 0.1, 0.01))
    const right = around(0, 50, 2).map((noise) => at(0.9 + noise / 100, 0.7, 0.1))
    expect(bestMeasure(unrelated, right).measure).toBe('kind')
  })
  it('is the shift from the question’s own mean where questions differ in that', () => {
    const means = around(0.4, 100, 3).map((noise) => 0.4 + noise / 5)
    const unrelated = means.slice(0, 50).map((mean) => at(mean + 0.1, mean, 0.05))
    const right = means.slice(50).map((mean) => at(mean + 0.2, mean, 0.1))
    const measure = bestMeasure(unrelated, right)
    expect(measure.measure).toBe('shift')
    expect(
      separation(
        unrelated.map((one) => scoreOf(one, measure)),
        right.map((one) => scoreOf(one, measure)),
      ),
    ).toBe(1)
  })
  it('decides what a score is counted against', () => {
    const question = { mean: 0.5, spread: 0.2 }
    const base = { mean: 0.1, spread: 0.3 }
    expect(scale({ measure: 'kind', ...base }, question)).toEqual(base)
    expect(scale({ measure: 'shift', ...base }, question)).toEqual({ mean: 0.5, spread: 0.3 })
    expect(scale({ measure: 'question', ...base }, question)).toEqual(question)
  })
})

const scores = fc.array(fc.double({ min: -5, max: 15, noNaN: true }), { minLength: 10, maxLength: 60 })

describe('of any scores', () => {
  it('the quantiles rise, from the least to the greatest', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const found = [0, 0.25, 0.5, 0.75, 1].map((part) => quantile(values, part))
        expect(found).toEqual([...found].sort((a, b) => a - b))
        expect([found[0], found[4]]).toEqual([Math.min(...values), Math.max(...values)])
      }),
    )
  })
  it('the separation turns round when the two change places', () => {
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        expect(separation(a, b) + separation(b, a)).toBeCloseTo(1, 9)
      }),
    )
  })
  it('a cut-off misses at most a fifth of the right rows, and is worth having', () => {
    fc.assert(
      fc.property(scores, scores, fc.integer({ min: 0, max: 25 }), (unrelated, values, lead) => {
        const right = values.map((value) => value + lead)
        const score = threshold(unrelated, right)
        if (score === undefined) return
        const missed = share(right, (one) => one < score)
        const kept = share(unrelated, (one) => one < score)
        expect(missed).toBeLessThanOrEqual(0.2)
        expect(kept - missed).toBeGreaterThanOrEqual(0.5)
      }),
    )
  })
  it('none is set where right rows score no better than unrelated ones', () => {
    fc.assert(
      fc.property(scores, (values) => {
        expect(threshold(values, values)).toBeUndefined()
      }),
    )
  })
})
