import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomFor } from './random.ts'

const draws = (key: string, count = 20) => {
  const random = randomFor(key)
  return Array.from({ length: count }, () => random.next())
}

describe('the sequence of a key', () => {
  test('is the same on every machine: its first numbers are known', () => {
    expect(draws('promptloom', 3).map((value) => value.toFixed(9))).toEqual([
      '0.653650064',
      '0.083076046',
      '0.063629634',
    ])
  })

  test('is the same whenever the source is made', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(draws(key)).toEqual(draws(key))
      }),
    )
  })

  test('differs between keys that differ by one character, a blank, a case or an accent', () => {
    const keys = ['', ' ', 'a', 'A', 'á', 'a\u0301', 'a ', 'aa', '0', '00', '\n', '狐']
    const firsts = keys.map((key) => draws(key, 1)[0])
    expect(new Set(firsts).size).toBe(keys.length)
  })

  test('does not repeat itself soon', () => {
    expect(new Set(draws('long', 20_000)).size).toBeGreaterThan(19_990)
  })

  test('of one source is not touched by another of the same key', () => {
    const [one, other] = [randomFor('k'), randomFor('k')]
    const mixed = Array.from({ length: 10 }, () => [one.next(), other.next()] as const)
    for (const [a, b] of mixed) expect(a).toBe(b)
  })
})

describe('numbers', () => {
  test('lie in [0, 1), spread evenly over it', () => {
    const buckets = new Array<number>(10).fill(0)
    for (const value of draws('spread', 10_000)) {
      expect(value >= 0 && value < 1).toBe(true)
      buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] as number) + 1
    }
    // 1,000 are expected in each; five standard deviations are 150.
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  test('of neighbouring keys are not alike: seeds one apart give other pictures', () => {
    const pairs = Array.from({ length: 500 }, (_, seed) => [draws(`${seed}`, 1)[0], draws(`${seed + 1}`, 1)[0]])
    const mean = pairs.reduce((sum, [a = 0, b = 0]) => sum + Math.abs(a - b), 0) / pairs.length
    // A third is the mean distance of two independent numbers.
    expect(mean).toBeGreaterThan(0.27)
    expect(mean).toBeLessThan(0.4)
  })
})

describe('between', () => {
  test('keeps to its range, its ends in any order of size', () => {
    const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.string(), bound, bound, (key, low, high) => {
        const value = randomFor(key).between(low, high)
        expect(value).toBeGreaterThanOrEqual(Math.min(low, high))
        expect(value).toBeLessThanOrEqual(Math.max(low, high))
      }),
    )
  })

  test('of one value is that value', () => {
    expect(randomFor('x').between(3, 3)).toBe(3)
  })
})

describe('integer', () => {
  test.each([
    [1, 6],
    [0, 1],
    [-3, 3],
    [5, 5],
  ])('from %i to %i reaches both ends and nothing past them', (low, high) => {
    const random = randomFor(`${low} ${high}`)
    const seen = new Set(Array.from({ length: 400 }, () => random.integer(low, high)))
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: high - low + 1 }, (_, index) => low + index))
  })
})

describe('pick and chance', () => {
  test('pick gives every item its turn', () => {
    const random = randomFor('pick')
    const counts = { a: 0, b: 0, c: 0 }
    for (let round = 0; round < 3000; round++) counts[random.pick(['a', 'b', 'c'] as const)]++
    for (const count of Object.values(counts)) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  test.each([
    [0, 0, 0],
    [1, 1000, 1000],
    [0.25, 180, 320],
  ])('chance %s comes true as often as it says', (probability, least, most) => {
    const random = randomFor('chance')
    const hits = Array.from({ length: 1000 }, () => random.chance(probability)).filter(Boolean).length
    expect(hits).toBeGreaterThanOrEqual(least)
    expect(hits).toBeLessThanOrEqual(most)
  })

  test('each takes one number: what comes after stays where it was', () => {
    const [one, other] = [randomFor('order'), randomFor('order')]
    one.pick([1, 2, 3])
    one.chance(0.5)
    one.integer(0, 9)
    one.between(0, 1)
    for (let skip = 0; skip < 4; skip++) other.next()
    expect(one.next()).toBe(other.next())
  })
})
