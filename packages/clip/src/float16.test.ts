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
