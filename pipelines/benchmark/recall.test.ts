import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, type TrueNeighbours, unlisted } from './recall.ts'

const truth = { ids: ['a', 'b', 'c', 'd', 'e'], distances: [0.1, 0.2, 0.3, 0.3, 0.5] }
const rules = { k: 3, tolerance: 1e-6 }

describe('judge', () => {
  it('gives a perfect answer 1, in whatever order its rows come', () => {
    expect(judge(['c', 'a', 'b'], truth, rules)).toEqual({ recall: 1, strict: 1, short: 0, duplicates: 0, foreign: 0 })
  })

  it('scores an empty answer as k misses, not as perfect', () => {
    expect(judge([], truth, rules)).toEqual({ recall: 0, strict: 0, short: 3, duplicates: 0, foreign: 0 })
  })

  it('divides by what could have been found, not by what came back', () => {
    expect(judge(['a'], truth, rules)).toMatchObject({ recall: 1 / 3, strict: 1 / 3, short: 2 })
  })

  it('counts an id once, however often it is returned', () => {
    expect(judge(['a', 'a', 'a'], truth, rules)).toMatchObject({ recall: 1 / 3, duplicates: 2, short: 0 })
  })

  it('counts a row that ties with the k-th as a hit, and shows the strict figure beside it', () => {
    const score = judge(['a', 'b', 'd'], truth, rules)
    expect(score.recall).toBe(1)
    expect(score.strict).toBeCloseTo(2 / 3)
  })

  it('does not let ties take the place of a nearer row that was missed', () => {
    expect(judge(['b', 'c', 'd'], truth, rules).recall).toBeCloseTo(2 / 3)
    expect(judge(['c', 'd', 'e'], truth, rules).recall).toBeCloseTo(1 / 3)
  })

  it('knows no distance but the measured one: a row that the answer made up is a miss', () => {
    expect(judge(['a', 'b', 'x'], truth, rules)).toMatchObject({ recall: 2 / 3, foreign: 1 })
    expect(judge(['a', 'b', 'x'], truth, { ...rules, measured: new Map([['x', 0.3]]) })).toMatchObject({
      recall: 1,
      strict: 2 / 3,
      foreign: 0,
    })
    expect(judge(['a', 'b', 'x'], truth, { ...rules, measured: new Map([['x', 0.31]]) }).recall).toBeCloseTo(2 / 3)
  })

  it('treats distances within the tolerance as equal, and no further', () => {
    const near = { ids: ['a', 'b'], distances: [0.1, 0.2] }
    const measured = new Map([
      ['x', 0.2 + 5e-7],
      ['y', 0.2 + 5e-6],
    ])
    expect(judge(['a', 'x'], near, { k: 2, tolerance: 1e-6, measured }).recall).toBe(1)
    expect(judge(['a', 'y'], near, { k: 2, tolerance: 1e-6, measured }).recall).toBe(0.5)
  })

  it('looks at the first k rows only', () => {
    expect(judge(['e', 'd', 'c', 'b', 'a'], truth, { k: 1, tolerance: 0 }).recall).toBe(0)
    expect(judge(['e', 'a', 'b', 'c'], truth, rules).recall).toBeCloseTo(2 / 3)
  })

  it('wants no more rows than match', () => {
    const few = { ids: ['a', 'b'], distances: [0.1, 0.2] }
    expect(judge(['a', 'b'], few, { k: 10, tolerance: 0 })).toMatchObject({ recall: 1, short: 0 })
    expect(judge(['a'], few, { k: 10, tolerance: 0 })).toMatchObject({ recall: 0.5, short: 1 })
    expect(judge([], { ids: [], distances: [] }, rules).recall).toBe(1)
  })
})

describe('unlisted', () => {
  it('names each row to be measured once', () => {
    expect(unlisted(['a', 'x', 'x', 'y'], truth, 3)).toEqual(['x'])
    expect(unlisted(['a', 'b'], truth, 3)).toEqual([])
  })
})

describe('any answer', () => {
  /** A truth of rows whose distances repeat often, and an answer of some of them, of others, twice. */
  const judged = fc
    .record({
      steps: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 20 }),
      picks: fc.array(fc.nat(25), { maxLength: 25 }),
      k: fc.integer({ min: 1, max: 15 }),
    })
    .map(({ steps, picks, k }) => {
      let distance = 0
      const distances = steps.map((step) => {
        distance += step
        return distance / 100
      })
      const ids = steps.map((_, at) => `row-${at}`)
      return { truth: { ids, distances }, answer: picks.map((at) => `row-${at}`), k }
    })
  const score = ({ truth, answer, k }: { truth: TrueNeighbours; answer: string[]; k: number }) =>
    judge(answer, truth, { k, tolerance: 1e-6 })

  it('is worth from 0 to 1, and by id alone no more than with ties', () => {
    fc.assert(
      fc.property(judged, (one) => {
        const { recall, strict, short, duplicates, foreign } = score(one)
        expect(recall).toBeGreaterThanOrEqual(strict)
        expect(recall).toBeLessThanOrEqual(1)
        expect(strict).toBeGreaterThanOrEqual(0)
        const first = one.answer.slice(0, one.k)
        const wanted = Math.min(one.k, one.truth.ids.length)
        expect(duplicates + new Set(first).size).toBe(first.length)
        expect(short).toBe(Math.max(0, wanted - first.length))
        expect(recall).toBeLessThanOrEqual((new Set(first).size - foreign) / wanted + 1e-9)
      }),
    )
  })

  it('is worth the same in any order of its first k rows', () => {
    fc.assert(
      fc.property(judged, (one) => {
        const answer = one.answer.slice(0, one.k)
        expect(score({ ...one, answer: [...answer].reverse() })).toEqual(score({ ...one, answer }))
      }),
    )
  })

  it('is not worth less for one more row that it had room for', () => {
    fc.assert(
      fc.property(judged, fc.nat(25), (one, more) => {
        const answer = [...new Set(one.answer)].slice(0, one.k - 1)
        const longer = { ...one, answer: [...answer, `row-${more}`] }
        expect(score(longer).recall).toBeGreaterThanOrEqual(score({ ...one, answer }).recall)
      }),
    )
  })

  it('of the true rows is perfect, by distance and by id', () => {
    fc.assert(
      fc.property(judged, ({ truth, k }) => {
        expect(score({ truth, k, answer: [...truth.ids].slice(0, k) })).toMatchObject({
          recall: 1,
          strict: 1,
          short: 0,
        })
      }),
    )
  })
})
