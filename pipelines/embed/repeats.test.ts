import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Repeats, textHash } from './repeats.ts'

const hashes = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 8n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), {
  maxLength: 80,
})

/** The values as they come: a part a shard, of any length. */
const inParts = (values: readonly bigint[], size: number) =>
  Array.from({ length: Math.ceil(values.length / size) + 1 }, (_, part) =>
    BigUint64Array.from(values.slice(part * size, (part + 1) * size)),
  )

describe('of any values', () => {
  it('those repeat that come more than once, and no other, however they are parted', async () => {
    await fc.assert(
      fc.asyncProperty(hashes, fc.integer({ min: 1, max: 90 }), async (values, size) => {
        const repeats = await Repeats.among(inParts(values, size))
        const often = new Set(values.filter((value, at) => values.indexOf(value) !== at))
        expect(repeats.size).toBe(often.size)
        for (const value of [...values, 0n, 2n ** 63n, 2n ** 64n - 1n]) {
          expect(repeats.has(value)).toBe(often.has(value))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('their order does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(hashes, async (values) => {
        const one = await Repeats.among(inParts(values, 7))
        const other = await Repeats.among(inParts([...values].reverse(), 30))
        for (const value of values) expect(one.has(value)).toBe(other.has(value))
      }),
      { numRuns: 30 },
    )
  })

  it('other work of the thread comes in between', async () => {
    let turns = 0
    let done = false
    const count = () => {
      turns += 1
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    const repeats = await Repeats.among([BigUint64Array.of(1n, 2n ** 63n, 1n), new BigUint64Array(0)])
    done = true
    expect([repeats.size, repeats.has(1n)]).toEqual([1, true])
    expect(turns).toBeGreaterThan(200)
  })

  it('the values that came are left as they were', async () => {
    const part = BigUint64Array.of(9n, 1n, 9n)
    await Repeats.among([part.subarray(1)])
    expect([...part]).toEqual([9n, 1n, 9n])
  })
})

describe('the hash of a text', () => {
  it.each([
    ['case', 'A Castle', 'a castle'],
    ['white space', ' a  castle\n', 'a castle'],
    ['set quotes', '‘a’ “castle”', '\'a\' "castle"'],
    ['references of HTML', 'cats &amp; dogs', 'cats & dogs'],
    ['composed letters', 'cafe\u0301', 'café'],
  ])('does not see %s', (_, one, other) => {
    expect(textHash(one)).toBe(textHash(other))
  })

  it.each([
    ['a word more', 'a castle', 'a castle.'],
    ['another order', 'red cat', 'cat red'],
    ['nothing', '', 'a'],
  ])('sees %s', (_, one, other) => {
    expect(textHash(one)).not.toBe(textHash(other))
  })
})
