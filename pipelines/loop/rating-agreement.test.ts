import { describe, expect, it } from 'vitest'
import { ratingAgreement } from './rating-agreement.ts'

/** Rows whose score follows the rating, with a wobble that does not. */
const rows = (n: number, slope: number) =>
  Array.from({ length: n }, (_, at) => ({ rating: 1 + (at % 5), score: slope * (at % 5) + ((at * 7) % 11) / 10 }))

describe('how far a score agrees with ratings', () => {
  it('helps where it mostly does, harms where it mostly does not', () => {
    const good = ratingAgreement(rows(60, 1))
    expect(good.verdict).toBe('helps')
    expect(good.agreement.value).toBeGreaterThan(0.9)
    expect(good.agreement.low).toBeLessThanOrEqual(good.agreement.value)
    const bad = ratingAgreement(rows(60, -1))
    expect(bad.verdict).toBe('harms')
    expect(bad.agreement.value).toBeCloseTo(1 - good.agreement.value, 1)
    expect(bad.note).toMatch(/leave --clip-score-weight off/)
  })

  it('is unproven where chance would do the same', () => {
    const { verdict, agreement } = ratingAgreement(rows(60, 0))
    expect(verdict).toBe('unproven')
    expect(agreement.low).toBeLessThan(0.5)
    expect(agreement.high).toBeGreaterThan(0.5)
  })

  it('counts ties half, and pairs with the same rating not at all', () => {
    const same = Array.from({ length: 30 }, (_, at) => ({ rating: at < 15 ? 2 : 4, score: 1 }))
    const { agreement, pairs, verdict } = ratingAgreement(same)
    expect([agreement.value, pairs, verdict]).toEqual([0.5, 15 * 15, 'unproven'])
  })

  it.each([
    ['few rows', rows(19, 1)],
    ['no rows', []],
    ['all the same rating', rows(60, 1).map((row) => ({ ...row, rating: 3 }))],
  ])('says so where there is too little: %s', (_, rated) => {
    const { verdict, note, agreement } = ratingAgreement(rated)
    expect(verdict).toBe('too_few')
    expect(agreement.value).toBeNaN()
    expect(note).toMatch(/^Too few ratings to tell: \d+ rated rows .* at least 20 rows and 50 pairs/)
  })

  it('looks at the latest of very many', () => {
    const { agreement } = ratingAgreement([...rows(500, -1), ...rows(400, 1)])
    expect(agreement.n).toBe(400)
    expect(agreement.value).toBeGreaterThan(0.9)
  })
})
