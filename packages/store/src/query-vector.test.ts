import fc from 'fast-check'
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

const component = fc.float({ noNaN: true, noDefaultInfinity: true, min: -10, max: 10 })

test('a vector comes back from its bytes and from its digits as the same float32', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 1 }), (vector) => {
      const bytes = Buffer.from(vectorBase64(vector), 'base64')
      const back = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      expect(back).toEqual(vector)
      const digits = vectorParameter(vector)
      expect(digits.startsWith('[') && digits.endsWith(']')).toBe(true)
      const read = Float32Array.from(digits.slice(1, -1).split(','), Number)
      expect(read.map((one) => one + 0)).toEqual(vector.map((one) => one + 0))
      for (const one of digits.slice(1, -1).split(',')) expect(one).toMatch(/[.e]/)
    }),
    { numRuns: 100 },
  )
})

test('any vector of the right length that points somewhere is taken', () => {
  fc.assert(
    fc.property(fc.array(component, { minLength: 3, maxLength: 3 }), (vector) => {
      fc.pre(Math.hypot(...vector) > 0.001)
      expect(() => checkVector(vector, 3)).not.toThrow()
    }),
    { numRuns: 100 },
  )
})
