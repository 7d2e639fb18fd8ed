import { expect, test } from 'vitest'
import { countIn, field, numberIn, seedIn } from './tool-json.ts'

test('only own properties are fields', () => {
  expect(field({ a: { b: 1 } }, 'a', 'b')).toBe(1)
  for (const name of ['constructor', 'toString', '__proto__']) expect(field({ a: 1 }, name)).toBeUndefined()
  for (const value of [null, undefined, 'text', 5, [1]]) expect(field(value, 'length')).toBeUndefined()
})

test('numbers are read from numbers and from their text, and from nothing else', () => {
  expect([7.5, '7.5', ' 1e2 '].map(numberIn)).toEqual([7.5, 7.5, 100])
  expect(['', '0x10', 'Infinity', Number.NaN, null, [3]].map(numberIn)).toEqual([null, null, null, null, null, null])
  expect([20, '20', -1, 1.5].map(countIn)).toEqual([20, 20, null, null])
})

test('seeds keep all digits', () => {
  expect(['18446744073709551615', 42, '-1', 2 ** 60, 'x'].map(seedIn)).toEqual([
    '18446744073709551615',
    '42',
    '-1',
    null,
    null,
  ])
})
