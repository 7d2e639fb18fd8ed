import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { briefCount, bytes, count, duration, effort, ms, percent, rate, recall } from './numbers.ts'

it.each([
  [0, '0.00'],
  [0.004, '0.00'],
  [9.994, '9.99'],
  [9.996, '10.0'],
  [10, '10.0'],
  [99.94, '99.9'],
  [99.96, '100'],
  [12_345.6, '12346'],
  [null, '–'],
  [undefined, '–'],
])('%s milliseconds are %s', (value, text) => {
  expect(ms(value)).toBe(text)
})

it.each([
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_949, '99.9 kB'],
  [100_000, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_500_000_000, '1.5 GB'],
  [2.5e15, '2500 TB'],
  [null, '–'],
])('%s bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text)
})

it.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [60, '1 min 00 s'],
  [3599.4, '59 min 59 s'],
  [3599.6, '1 h 00 min'],
  [90_061, '25 h 01 min'],
])('%s seconds are %s', (value, text) => {
  expect(duration(value)).toBe(text)
})

it.each([
  [0, '0.0'],
  [9.94, '9.9'],
  [9.96, '10'],
  [1234.4, '1,234'],
  [null, '–'],
])('%s a second is %s', (value, text) => {
  expect(rate(value)).toBe(text)
})

it.each([
  [0, '0 %'],
  [1, '100 %'],
  [0.999, '99.9 %'],
  [0.00012, '0.012 %'],
  [2 / 3, '66.7 %'],
])('the share %s is %s', (value, text) => {
  expect(percent(value)).toBe(text)
})

it.each([
  ['auto', 'ef', 'default'],
  ['exact', 'ef', 'exact'],
  [64, 'ef', 'ef 64'],
  [2.5, 'alpha', 'alpha 2.5'],
] as const)('the effort %s of %s is %s', (value, name, text) => {
  expect(effort(value, name)).toBe(text)
})

it.each([
  [0, '0'],
  [900, '900'],
  [1_250, '1.25K'],
  [900_000, '900K'],
  [1_200_000, '1.2M'],
])('%d is briefly %s', (value, text) => {
  expect(briefCount(value)).toBe(text)
})

describe('of any number', () => {
  it('more is never shown as less', () => {
    const shown = (text: string) => Number(text.replace(/[^\d.]/g, ''))
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (a, b) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)]
          for (const show of [ms, rate, count, recall]) expect(shown(show(less))).toBeLessThanOrEqual(shown(show(more)))
        },
      ),
    )
  })

  it('bytes are shown within a twentieth of what they are', () => {
    const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e14 }), (value) => {
        const [number, unit] = bytes(value).split(' ') as [string, keyof typeof units]
        expect(Math.abs((Number(number) * units[unit]) / value - 1)).toBeLessThanOrEqual(0.05)
        expect(Number(number)).toBeLessThan(unit === 'TB' ? Number.POSITIVE_INFINITY : 1000)
      }),
    )
  })
})
