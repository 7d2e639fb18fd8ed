import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from './ranking.ts'
import { extend, RankingMemory } from './ranking-memory.ts'

const candidate = (id: string) => ({ id, prompt: id, reasons: [] }) as unknown as Candidate
const folded = (...[leader, ...copies]: string[]) => ({
  row: candidate(leader as string),
  copies: copies.map(candidate),
})
const shape = (list: readonly { row: Candidate; copies: readonly Candidate[] }[]) =>
  list.map(({ row, copies }) => [row.id, ...copies.map(({ id }) => id)])

describe('a longer ranking', () => {
  it('begins with what was shown, whatever its own order', () => {
    const longer = [folded('b'), folded('a', 'x'), folded('c')]
    expect(shape(extend([folded('a'), folded('b')], longer))).toEqual([['a', 'x'], ['b'], ['c']])
  })
  it('never shows again what was folded', () => {
    expect(shape(extend([folded('a', 'b')], [folded('b', 'c'), folded('d', 'a')]))).toEqual([['a', 'b'], ['d']])
  })
  it('keeps what it does not find any more', () => {
    expect(shape(extend([folded('gone')], [folded('new')]))).toEqual([['gone'], ['new']])
  })
})

describe('the memory', () => {
  it('drops what was not used for longest', () => {
    const memory = new RankingMemory<number>()
    const ranking = (extra: number) => ({ leaders: [], window: 1, exhausted: true, extra })
    for (let at = 0; at < 64; at++) memory.set(`q${at}`, ranking(at))
    expect(memory.get('q0')?.extra).toBe(0)
    memory.set('one more', ranking(99))
    expect(memory.get('q1')).toBeUndefined()
    expect(memory.get('q0')?.extra).toBe(0)
    expect(memory.get('one more')?.extra).toBe(99)
  })
})

describe('any longer ranking', () => {
  /** Ids in groups: a leader and its copies. */
  const groups = fc
    .tuple(fc.shuffledSubarray([...'abcdefghij']), fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 10 }))
    .map(([ids, sizes]) => {
      const found = sizes.map((size) => ids.splice(0, size)).filter((group) => group.length > 0)
      return found.map((group) => folded(...group))
    })

  it('keeps what was shown where it was, and shows nothing twice', () => {
    fc.assert(
      fc.property(groups, groups, (shown, longer) => {
        const extended = extend(shown, longer)
        expect(extended.slice(0, shown.length).map(({ row }) => row.id)).toEqual(shown.map(({ row }) => row.id))
        for (const [at, { copies }] of shown.entries()) {
          expect(extended[at]?.copies.slice(0, copies.length)).toEqual(copies)
        }
        const leaders = extended.map(({ row }) => row.id)
        expect(new Set(leaders).size).toBe(leaders.length)
        const all = shape(extended).flat()
        expect(new Set(all).size).toBe(all.length)
      }),
    )
  })
})
