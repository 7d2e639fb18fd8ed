import { describe, expect, it } from 'vitest'
import { judge, unlisted } from './recall.ts'

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
