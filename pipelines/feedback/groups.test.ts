import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupBatches } from './groups.ts'

const batches = (...rows: number[]) =>
  rows.map((count, at) => ({ name: String(at).padStart(4, '0'), sha256: '', rows: count }))
const sizes = (groups: ReturnType<typeof groupBatches>) => groups.map((group) => group.map(({ rows }) => rows))

describe('batches share shards', () => {
  it.each<[string, number[], number[][]]>([
    ['none without batches', [], []],
    ['small ones until there are enough rows', [30, 30, 4, 1], [[30, 30, 4], [1]]],
    ['a large one has its own', [1, 64, 1], [[1], [64], [1]]],
    ['large ones share until 5,000 rows', [1_000, 4_000, 1_000], [[1_000, 4_000], [1_000]]],
    ['one beyond that stands alone', [9_000, 9_000], [[9_000], [9_000]]],
    ['single rows', Array(65).fill(1), [Array(64).fill(1), [1]]],
  ])('%s', (_, rows, expected) => expect(sizes(groupBatches(batches(...rows), 64))).toEqual(expected))

  it('and what comes later moves nothing that came before, but for the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 80 }), (rows) => {
        const all = batches(...rows)
        const before = groupBatches(all.slice(0, -1), 64)
        const after = groupBatches(all, 64)
        expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1))
        expect(after.flat()).toEqual(all)
      }),
    )
  })
})
