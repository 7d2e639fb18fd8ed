import { expect, test } from 'vitest'
import { checkVector, vectorBase64, vectorParameter } from './query-vector.ts'

test('vectors that no search can answer are refused, each in its own words', () => {
  expect(() => checkVector([1, 2], 3)).toThrow(/has 2 values, the table's have 3/)
  expect(() => checkVector([1, Number.NaN, 0], 3)).toThrow(/holds NaN at position 1/)
  expect(() => checkVector([1, 0, Number.POSITIVE_INFINITY], 3)).toThrow(/Infinity at position 2/)
  expect(() => checkVector([0, 0, 0], 3)).toThrow(/all zeros/)
  expect(() => checkVector([1e-9, 0, 0], 3)).toThrow(/all zeros/)
  expect(() => checkVector(Float32Array.of(0, -1, 0), 3)).not.toThrow()
})

test('whole numbers are written with a decimal point: MyScale takes a list of integers for another type', () => {
  expect(vectorParameter([1, -2, 0])).toBe('[1.0,-2.0,0.0]')
  expect(vectorParameter([0.5, 1e-7, 0.1])).toBe(`[0.5,${Math.fround(1e-7)},${Math.fround(0.1)}]`)
})

test('bytes are float32, little-endian', () => {
  expect(Buffer.from(vectorBase64([1, -0.5]), 'base64').toString('hex')).toBe('0000803f000000bf')
})
