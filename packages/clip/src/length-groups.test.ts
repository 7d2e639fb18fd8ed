import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lengthGroups } from './length-groups.ts'

/** Lengths by group, e.g. `9 9|7 5`. */
const shown = (lengths: readonly number[], step = 1) => {
  const groups = lengthGroups(lengths, step)
  return lengths
    .map((length, at) => (at > 0 && groups[at] !== groups[at - 1] ? `|${length}` : ` ${length}`))
    .join('')
    .trim()
}

describe('sequences that are run together', () => {
  it.each([
    [[], ''],
    [[9], '9'],
    [[9, 9, 7, 7], '9 9|7 7'],
    // One that is alone joins the next longer ones, unless it were padded to twice its length.
    [[9, 9, 7], '9 9 7'],
    [[9, 9, 5], '9 9 5'],
    [[10, 10, 5], '10 10|5'],
    [[9, 7, 5, 5], '9 7|5 5'],
    // The longest of all has nobody to join.
    [[9, 5, 5], '9|5 5'],
    // Several that are alone do not all become as long as the longest.
    [[30, 28, 26, 24, 22, 20], '30 28 26|24 22 20'],
    [[30, 28, 24, 20], '30 28|24 20'],
    [[30, 28, 24, 10, 10], '30 28 24|10 10'],
  ])('of the lengths %j are %j', (lengths, expected) => {
    expect(shown(lengths)).toBe(expected)
  })

  it('on a device that minds no padding are those within a step, and nobody joins', () => {
    expect(shown([17, 16, 9, 8, 3], 8)).toBe('17|16 9|8 3')
  })

  const lengths = fc.array(fc.integer({ min: 2, max: 77 }), { maxLength: 80 }).map((some) => some.sort((a, b) => b - a))

  it('are neighbours, hold all of a length, and cost no more tokens than when each length is run for itself', () => {
    fc.assert(
      fc.property(lengths, (all) => {
        const groups = lengthGroups(all, 1)
        const rows = new Map<number, number[]>()
        all.forEach((length, at) => {
          const group = groups[at] as number
          expect(group - (groups[at - 1] ?? 0)).toBeLessThanOrEqual(1)
          if (length === all[at - 1]) expect(group).toBe(groups[at - 1])
          rows.set(group, [...(rows.get(group) ?? []), length])
        })
        const cost = (row: readonly number[]) => Math.max(2, row.length) * (row[0] as number)
        const sum = (some: readonly number[][]) => some.reduce((total, row) => total + cost(row), 0)
        const apart = [...new Set(all)].map((length) => all.filter((one) => one === length))
        expect(sum([...rows.values()])).toBeLessThanOrEqual(sum(apart))
      }),
    )
  })
})
