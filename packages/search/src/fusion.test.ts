import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuse } from './fusion.ts'

describe('reciprocal rank fusion', () => {
  it('puts first what several rankings have high', () => {
    expect(fuse([{ ids: ['a', 'b', 'c'] }, { ids: ['b', 'd', 'a'] }])).toEqual(['b', 'a', 'd', 'c'])
  })
  it('of one ranking is that ranking', () => {
    expect(fuse([{ ids: ['x', 'y'] }, { ids: [] }])).toEqual(['x', 'y'])
  })
  it('counts a weighted ranking for more', () => {
    expect(fuse([{ ids: ['a', 'b'] }, { ids: ['b', 'a'], weight: 2 }])[0]).toBe('b')
  })
  it('keeps the order in which equals were met', () => {
    expect(fuse([{ ids: ['a'] }, { ids: ['b'] }])).toEqual(['a', 'b'])
    expect(fuse([{ ids: ['b'] }, { ids: ['a'] }])).toEqual(['b', 'a'])
  })
})

const ids = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 })

describe('any fusion', () => {
  it('holds every id once, whatever the rankings', () => {
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 4 }), (rankings) => {
        const fused = fuse(rankings.map((one) => ({ ids: one })))
        expect([...fused].sort()).toEqual([...new Set(rankings.flat())].sort())
      }),
    )
  })
  it('puts an id that every ranking has before another behind it', () => {
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1, maxLength: 4 }), (rankings) => {
        const fused = fuse(rankings.map((one) => ({ ids: one })))
        for (const a of fused) {
          for (const b of fused) {
            const before = rankings.every(
              (one) => one.includes(a) && (!one.includes(b) || one.indexOf(a) < one.indexOf(b)),
            )
            if (a !== b && before) expect(fused.indexOf(a)).toBeLessThan(fused.indexOf(b))
          }
        }
      }),
    )
  })
  it('does not depend on how large the weights are, only on how they compare', () => {
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 9 }), (a, b, weight) => {
        const fused = (scale: number) =>
          fuse([
            { ids: a, weight: scale },
            { ids: b, weight: weight * scale },
          ])
        expect(fused(8)).toEqual(fused(1))
      }),
    )
  })
})
