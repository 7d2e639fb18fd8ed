import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Background, deviations } from './background.ts'
import { combine } from './combination.ts'
import { Span } from './span.ts'
import { dot, unit } from './vector.ts'

const reference = new Background(Float32Array.from([1, 0, 0, 1, -1, 0, 0, -1]), 2)

describe('the background of a question', () => {
  it('is the mean and deviation of its similarities with the reference rows', () => {
    expect([...reference.similarities([1, 0])]).toEqual([1, 0, -1, 0])
    const { mean, spread } = reference.of([1, 0])
    expect(mean).toBe(0)
    expect(spread).toBeCloseTo(Math.sqrt(2 / 3), 10)
    expect(deviations(0, { mean, spread })).toBeCloseTo(1 / Math.sqrt(2 / 3), 10)
    expect(deviations(1, { mean, spread })).toBeCloseTo(0, 10)
  })
  it('says nothing with fewer than two rows, and divides by no zero', () => {
    expect(new Background(new Float32Array(0), 2).of([1, 0])).toEqual({ mean: 0, spread: 1 })
    const flat = new Background(Float32Array.from([0, 1, 0, 1]), 2).of([1, 0])
    expect(Number.isFinite(deviations(0, flat))).toBe(true)
  })
})

describe('a background whose span is known', () => {
  const rows = Float32Array.from({ length: 400 }, (_, at) => (at % 4 === 0 ? 1 : at % 4 === 1 ? Math.sin(at) : 0))

  it('says how far outside a question lies, and all else as before', () => {
    const plain = new Background(rows, 4)
    const spanned = plain.spanned(Span.of(rows, 4))
    const [along, beside] = [spanned.of([1, 0.5, 0, 0]), spanned.of([1, 0, 0.5, 0])]
    expect(along.outside).toBeLessThan(0.01)
    // One of the two directions that are kept may be any of those in which the rows do not differ.
    expect(Math.max(beside.outside ?? 0, spanned.of([1, 0, 0, 0.5]).outside ?? 0)).toBeGreaterThan(0.3)
    expect(plain.of([1, 0.5, 0, 0])).toEqual({ mean: along.mean, spread: along.spread })
    expect(plain.spanned(undefined).of([1, 0, 0.5, 0]).outside).toBeUndefined()
  })
})

describe('vectors', () => {
  it('without a direction are refused', () => {
    expect(unit([0, 0])).toBeUndefined()
    expect(unit([Number.NaN, 1])).toBeUndefined()
    expect(unit([Number.POSITIVE_INFINITY, 1])).toBeUndefined()
    expect([...(unit([3, 4]) ?? [])].map((value) => value.toFixed(2))).toEqual(['0.60', '0.80'])
  })
})

describe('several terms', () => {
  // Similarities with the second direction spread ten times as wide as those with the first.
  const uneven = new Background(Float32Array.from([0.1, 1, -0.1, -1, 0.1, -1, -0.1, 1]), 2)
  const term = (x: number, y: number, weight = 1) => ({
    vector: Float32Array.of(x, y),
    modality: 'text' as const,
    weight,
  })
  it('count alike however wide their scores spread', () => {
    const direction = combine([term(1, 0), term(0, 1)], uneven)
    const share = (direction[0] as number) / (direction[1] as number)
    expect(share).toBeCloseTo(10, 3)
  })
  it('of one term are that term', () => {
    const only = term(0.6, 0.8)
    expect(combine([only], uneven)).toBe(only.vector)
  })
  it('with a negative weight point away', () => {
    const direction = combine([term(1, 0), term(0, 1, -0.5)], reference)
    expect(dot(direction, [0, 1])).toBeLessThan(0)
    expect(dot(direction, direction)).toBeCloseTo(1, 5)
  })
  it('that cancel each other out are refused', () => {
    expect(() => combine([term(1, 0), term(1, 0, -1)], reference)).toThrow(/cancel/)
  })
})

const direction = fc
  .array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 2 })
  .filter((vector) => Math.hypot(...vector) > 0.001)

describe('any vector', () => {
  it('has unit length afterwards, and the same direction', () => {
    fc.assert(
      fc.property(direction, (vector) => {
        const scaled = unit(vector) as Float32Array
        expect(Math.hypot(...scaled)).toBeCloseTo(1, 5)
        expect(dot(scaled, vector)).toBeCloseTo(Math.hypot(...vector), 3)
      }),
    )
  })
  it('scores the more deviations the nearer it is', () => {
    fc.assert(
      fc.property(
        direction,
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (vector, a, b) => {
          const own = reference.of(unit(vector) as Float32Array)
          fc.pre(a < b)
          expect(deviations(a, own)).toBeGreaterThanOrEqual(deviations(b, own))
        },
      ),
    )
  })
})

describe('terms that are combined', () => {
  it('make a unit vector, in whatever order they stand', () => {
    const term = fc.record({ vector: direction, weight: fc.constantFrom(-1, 0.5, 1, 2) })
    fc.assert(
      fc.property(fc.array(term, { minLength: 2, maxLength: 4 }), (terms) => {
        const made = terms.map(({ vector, weight }) => ({
          ...{ vector: unit(vector) as Float32Array, weight },
          modality: 'text' as const,
        }))
        let forwards: Float32Array
        try {
          forwards = combine(made, reference)
        } catch (error) {
          expect((error as Error).message).toBe('The terms cancel each other out; change a weight or drop a term.')
          return
        }
        expect(Math.hypot(...forwards)).toBeCloseTo(1, 5)
        // Where next to nothing is left of the terms, rounding decides the direction.
        fc.pre(made.every(({ weight }) => weight > 0) && made.every(({ vector }) => dot(vector, forwards) > 0.1))
        const backwards = combine([...made].reverse(), reference)
        expect(dot(forwards, backwards)).toBeCloseTo(1, 3)
      }),
    )
  })
})
