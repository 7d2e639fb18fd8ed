import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, clouds, type Field, grain, strokes } from './noise.ts'

const FIELDS: readonly (readonly [string, () => Field])[] = [
  ['grain', grain],
  ['clouds', clouds],
  ['strokes', strokes],
]

const mean = (field: Field) => field.reduce((sum, value) => sum + value, 0) / field.length
const deviation = (field: Field) => {
  const middle = mean(field)
  return Math.sqrt(field.reduce((sum, value) => sum + (value - middle) ** 2, 0) / field.length)
}
/** Mean difference of values that lie that far apart. */
const step = (field: Field, dx: number, dy: number) => {
  let sum = 0
  for (let y = 0; y < 256; y += 3)
    for (let x = 0; x < 256; x += 3) sum += Math.abs(at(field, x, y) - at(field, x + dx, y + dy))
  return sum / Math.ceil(256 / 3) ** 2
}

describe('every field', () => {
  test.each(FIELDS)('%s has 256 × 256 values in the range 0–1, around the middle of it', (_, field) => {
    const values = field()
    expect(values).toHaveLength(256 * 256)
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(mean(values)).toBeGreaterThan(0.35)
    expect(mean(values)).toBeLessThan(0.65)
    expect(deviation(values)).toBeGreaterThan(0.05)
  })

  test.each(FIELDS)('%s is made once and kept: all pictures share it', (_, field) => {
    expect(field()).toBe(field())
  })

  test.each(FIELDS)('%s has a value at any place, the same 256 pixels on', (_, field) => {
    const place = fc.double({ min: -5000, max: 5000, noNaN: true })
    fc.assert(
      fc.property(place, place, (x, y) => {
        const value = at(field(), Math.floor(x), Math.floor(y))
        expect(value >= 0 && value <= 1).toBe(true)
        expect(at(field(), Math.floor(x) + 256, Math.floor(y) - 512)).toBe(value)
      }),
    )
  })

  test.each(FIELDS)('%s has no seam: the step over its border is like any other', (_, field) => {
    let [border, inside] = [0, 0]
    for (let y = 0; y < 256; y++) {
      border += Math.abs(at(field(), 255, y) - at(field(), 256, y))
      inside += Math.abs(at(field(), 100, y) - at(field(), 101, y))
    }
    expect(border).toBeLessThan(inside * 1.6)
  })
})

describe('what makes them different', () => {
  test('grain is fine: a pixel on, nearly everything is new', () => {
    expect(step(grain(), 1, 0)).toBeGreaterThan(step(grain(), 40, 0) * 0.5)
  })

  test('clouds are soft: a pixel on, next to nothing has changed', () => {
    expect(step(clouds(), 1, 0)).toBeLessThan(step(clouds(), 40, 0) * 0.3)
    expect(step(clouds(), 0, 1)).toBeLessThan(step(clouds(), 0, 40) * 0.3)
  })

  test('strokes run from lower left to upper right: they change least that way', () => {
    expect(step(strokes(), 1, -1)).toBeLessThan(step(strokes(), 1, 1) * 0.5)
    expect(step(strokes(), 1, -1)).toBeLessThan(step(strokes(), 1, 0) * 0.7)
  })
})
