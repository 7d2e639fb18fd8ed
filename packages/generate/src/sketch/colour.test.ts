import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hexOf, luminance, mix, rgbOf, saturate, shade } from './colour.ts'

const channel = fc.integer({ min: 0, max: 255 })
const rgb = fc.tuple(channel, channel, channel)
const colour = rgb.map(hexOf)
const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('hexOf and rgbOf', () => {
  test('are each other’s inverse for every colour', () => {
    fc.assert(
      fc.property(rgb, (one) => {
        expect(rgbOf(hexOf(one))).toEqual(one)
      }),
    )
  })

  test.each<[readonly [number, number, number], string, string]>([
    [[0, 0, 0], '#000000', 'leading zeros stay'],
    [[0, 0, 1], '#000001', 'six digits always'],
    [[255, 255, 255], '#ffffff', 'the largest value'],
    [[-1, 0, 0], '#000000', 'below the range is cut'],
    [[256, 999, 1e9], '#ffffff', 'above the range is cut'],
    [[0.4, 0.5, 0.6], '#000101', 'shares of a step are rounded'],
    [[254.6, 127.5, 127.4], '#ff807f', 'at the upper end too'],
  ])('%j is written %s: %s', (given, expected) => {
    expect(hexOf(given)).toBe(expected)
  })

  test('always give six hexadecimal digits, whatever the numbers', () => {
    const any = fc.double({ noNaN: true, min: -1e6, max: 1e6 })
    fc.assert(
      fc.property(any, any, any, (...given) => {
        expect(hexOf(given)).toMatch(/^#[0-9a-f]{6}$/)
      }),
    )
  })
})

describe('mix', () => {
  test('starts at one colour and ends at the other', () => {
    fc.assert(
      fc.property(colour, colour, (one, other) => {
        expect(mix(one, other, 0)).toBe(one)
        expect(mix(one, other, 1)).toBe(other)
      }),
    )
  })

  test('stays between the two, channel by channel', () => {
    fc.assert(
      fc.property(colour, colour, share, (one, other, at) => {
        for (const [index, value] of rgbOf(mix(one, other, at)).entries()) {
          const ends = [rgbOf(one)[index] as number, rgbOf(other)[index] as number]
          expect(value).toBeGreaterThanOrEqual(Math.min(...ends))
          expect(value).toBeLessThanOrEqual(Math.max(...ends))
        }
      }),
    )
  })

  test('is the same from the other end', () => {
    fc.assert(
      fc.property(colour, colour, share, (one, other, at) => {
        const back = rgbOf(mix(other, one, 1 - at))
        for (const [index, value] of rgbOf(mix(one, other, at)).entries())
          expect(Math.abs(value - (back[index] as number))).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('of a colour with itself changes nothing', () => {
    fc.assert(
      fc.property(colour, share, (one, at) => {
        expect(mix(one, one, at)).toBe(one)
      }),
    )
  })
})

describe('shade', () => {
  test.each([
    ['#336699', 0, '#336699', 'nothing asked, nothing changed'],
    ['#336699', 1, '#ffffff', 'all the way to white'],
    ['#336699', -1, '#000000', 'all the way to black'],
    ['#000000', -0.5, '#000000', 'black stays black'],
    ['#ffffff', 0.5, '#ffffff', 'white stays white'],
    ['#808080', 0.5, '#c0c0c0', 'half way up'],
    ['#808080', -0.5, '#404040', 'half way down'],
  ])('%s by %s is %s: %s', (given, amount, expected) => {
    expect(shade(given, amount)).toBe(expected)
  })

  test('never makes a lighter colour of a negative amount, nor a darker one of a positive', () => {
    fc.assert(
      fc.property(colour, share, (one, amount) => {
        expect(luminance(rgbOf(shade(one, amount)))).toBeGreaterThanOrEqual(luminance(rgbOf(one)) - 1)
        expect(luminance(rgbOf(shade(one, -amount)))).toBeLessThanOrEqual(luminance(rgbOf(one)) + 1)
      }),
    )
  })
})

describe('saturate', () => {
  test('by 0 leaves grey, by 1 the colour', () => {
    fc.assert(
      fc.property(colour, (one) => {
        expect(new Set(rgbOf(saturate(one, 0))).size).toBe(1)
        expect(saturate(one, 1)).toBe(one)
      }),
    )
  })

  test('keeps the brightness as long as no channel is cut', () => {
    const muted = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 90, max: 160 })))
    fc.assert(
      fc.property(muted, fc.double({ min: 0, max: 1.5, noNaN: true }), (one, factor) => {
        const given = one as [number, number, number]
        expect(Math.abs(luminance(rgbOf(saturate(hexOf(given), factor))) - luminance(given))).toBeLessThan(1.01)
      }),
    )
  })

  test('leaves grey grey, however much is asked for', () => {
    fc.assert(
      fc.property(channel, fc.double({ min: 0, max: 5, noNaN: true }), (grey, factor) => {
        expect(saturate(hexOf([grey, grey, grey]), factor)).toBe(hexOf([grey, grey, grey]))
      }),
    )
  })
})

describe('luminance', () => {
  test('goes from 0 to 255, green counting most and blue least', () => {
    expect(luminance([0, 0, 0])).toBe(0)
    expect(luminance([255, 255, 255])).toBeCloseTo(255)
    expect(luminance([0, 255, 0])).toBeGreaterThan(luminance([255, 0, 0]))
    expect(luminance([255, 0, 0])).toBeGreaterThan(luminance([0, 0, 255]))
  })
})
