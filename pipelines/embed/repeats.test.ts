import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Repeats, textHash } from './repeats.ts'

const hashes = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 8n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), {
  maxLength: 80,
})

describe('of any values', () => {
  it('those repeat that come more than once, and no other', () => {
    fc.assert(
      fc.property(hashes, (values) => {
        const repeats = new Repeats(BigUint64Array.from(values))
        const often = new Set(values.filter((value, at) => values.indexOf(value) !== at))
        expect(repeats.size).toBe(often.size)
        for (const value of [...values, 0n, 2n ** 63n, 2n ** 64n - 1n]) {
          expect(repeats.has(value)).toBe(often.has(value))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('their order does not matter', () => {
    fc.assert(
      fc.property(hashes, (values) => {
        const [one, other] = [values, [...values].reverse()].map((some) => new Repeats(BigUint64Array.from(some)))
        for (const value of values) expect(one?.has(value)).toBe(other?.has(value))
      }),
    )
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
