import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { narrow, widen } from './float16.ts'

describe('half precision', () => {
  it('brings every half back as it was', () => {
    const halves = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)
    const back = narrow(widen(halves))
    for (let bits = 0; bits < 65_536; bits++) {
      const isNan = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0
      if (!isNan && back[bits] !== bits) expect([bits, back[bits]]).toEqual([bits, bits])
    }
    expect(widen(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001))).toEqual(Float32Array.of(1, -2, 65_504, 2 ** -24))
  })

  it('rounds to the nearest, ties to even, and what is too large to infinity', () => {
    const cases: [number, number][] = [
      [1 + 2 ** -11, 1],
      [1 + 3 * 2 ** -11, 1 + 2 ** -9],
      [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
      [65_519, 65_504],
      [65_520, Number.POSITIVE_INFINITY],
      [2 ** -25, 0],
      [3 * 2 ** -26, 2 ** -24],
      [2 ** -14 - 2 ** -25, 2 ** -14],
    ]
    for (const [value, expected] of cases)
      expect([value, widen(narrow(Float32Array.of(value)))[0]]).toEqual([value, expected])
  })
})

describe('any number', () => {
  const distance = (value: number, bits: number) => Math.abs((widen(Uint16Array.of(bits))[0] as number) - value)

  it('becomes the half that is nearest to it', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(-65_000), max: Math.fround(65_000), noNaN: true }), (value) => {
        const [bits] = narrow(Float32Array.of(value)) as unknown as [number]
        const magnitude = bits & 0x7fff
        const sign = bits & 0x8000
        for (const other of [magnitude - 1, magnitude + 1]) {
          if (other >= 0 && other < 0x7c00) {
            expect(distance(value, bits)).toBeLessThanOrEqual(distance(value, sign | other))
          }
        }
        expect(sign !== 0).toBe(Object.is(Math.sign(value), -1) || Object.is(value, -0))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps its order', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (a, b) => {
        const [small, large] = widen(narrow(Float32Array.of(Math.min(a, b), Math.max(a, b)))) as unknown as [
          number,
          number,
        ]
        expect(small).toBeLessThanOrEqual(large)
      }),
      { numRuns: 500 },
    )
  })

  it('that is none stays none', () => {
    expect(widen(narrow(Float32Array.of(Number.NaN)))[0]).toBeNaN()
  })
})
