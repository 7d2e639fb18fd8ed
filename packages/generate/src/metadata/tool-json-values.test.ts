import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countIn, field, isObject, nameIn, numberIn, parseToolJson, seedIn, textIn } from './tool-json.ts'

describe('JSON as tools write it', () => {
  test('is plain JSON where it is plain', () => {
    const value = fc.dictionary(
      fc.string({ maxLength: 8 }),
      fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.integer(), fc.array(fc.string(), { maxLength: 3 })),
      { maxKeys: 6 },
    )
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (given, indent) => {
        const text = JSON.stringify(given, null, indent)
        expect(parseToolJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test.each<[string, unknown, string]>([
    ['{"a": 18446744073709551615}', '18446744073709551615', 'the largest seed of 64 bits'],
    ['{"a": -9223372036854775808}', '-9223372036854775808', 'the lowest'],
    ['{"a": 1234567890123456}', '1234567890123456', 'sixteen digits'],
    ['{"a": 123456789012345}', 123456789012345, 'fifteen are a number'],
    ['{"a": 0.1234567890123456789}', 0.12345678901234568, 'digits after the point'],
    ['{"a": 1234567890123456789.5}', 1234567890123456800, 'digits before one'],
    ['{"a": 1e1234567890123456}', Number.POSITIVE_INFINITY, 'digits of an exponent'],
    ['{"a": NaN}', null, 'Python’s NaN'],
    ['{"a": Infinity}', null, 'Python’s Infinity'],
    ['{"a": -Infinity}', null, 'and its negative'],
    ['{"a": "NaN"}', 'NaN', 'words in a string stay'],
    ['{"a": "1234567890123456789"}', '1234567890123456789', 'digits in a string stay'],
    ['{"a": "say \\"NaN\\" twice: NaN"}', 'say "NaN" twice: NaN', 'also behind escaped quotes'],
    ['{"a": "ends in a backslash \\\\"}', 'ends in a backslash \\', 'also behind an escaped backslash'],
    ['{"a": [NaN, 12345678901234567]}', [null, '12345678901234567'], 'within arrays'],
  ])('%s: %j (%s)', (text, expected) => {
    expect(parseToolJson(text).a).toEqual(expected)
  })

  test.each(['', '[]', '"text"', '5', 'null', 'NaN', '{', '{"a": }', '{"a": "', "{'a': 1}"])(
    '%j is no object',
    (text) => {
      expect(() => parseToolJson(text)).toThrow(SyntaxError)
    },
  )

  test('of any text is an object or a SyntaxError', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', ':', ',', 'NaN', '1', '[', ']', ' ', 'a') }),
        (text) => {
          try {
            expect(isObject(parseToolJson(text))).toBe(true)
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError)
          }
        },
      ),
    )
  })

  test('that names __proto__ reaches no prototype', () => {
    const json = parseToolJson('{"__proto__": {"polluted": true}, "a": 1}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(field(json, '__proto__', 'polluted')).toBe(true)
  })
})

describe('values', () => {
  test.each<[unknown, string | undefined, string | null]>([
    ['a fox', 'a fox', 'a fox'],
    ['  a fox ', '  a fox ', 'a fox'],
    ['', '', null],
    ['   ', '   ', null],
    [5, undefined, null],
    [null, undefined, null],
    [['a'], undefined, null],
  ])('%j is the text %j and the name %j', (value, text, name) => {
    expect(textIn(value)).toBe(text)
    expect(nameIn(value)).toBe(name)
  })

  test.each<[unknown, number | null, number | null]>([
    [7, 7, 7],
    [7.5, 7.5, null],
    [0, 0, 0],
    [-1, -1, null],
    ['7', 7, 7],
    [' 7 ', 7, 7],
    ['+7', 7, 7],
    ['7.0', 7, 7],
    ['.5', 0.5, null],
    ['7.', 7, 7],
    ['1e3', 1000, 1000],
    ['1e400', null, null],
    ['7 steps', null, null],
    ['7,5', null, null],
    ['', null, null],
    [' ', null, null],
    ['0x10', null, null],
    [true, null, null],
    [[7], null, null],
    [{ value: 7 }, null, null],
    [2 ** 60, 2 ** 60, null],
    [Number.NaN, null, null],
  ])('%j is the number %j and the count %j', (value, number, count) => {
    expect(numberIn(value)).toBe(number)
    expect(countIn(value)).toBe(count)
  })

  test.each<[unknown, string | null]>([
    [0, '0'],
    [-1, '-1'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [Number.MAX_SAFE_INTEGER + 1, null],
    [1.5, null],
    ['42', '42'],
    [' 42 ', '42'],
    ['-42', '-42'],
    ['+42', null],
    ['18446744073709551615', '18446744073709551615'],
    ['184467440737095516150', null],
    ['4.2', null],
    ['', null],
    [null, null],
  ])('%j is the seed %j', (value, seed) => {
    expect(seedIn(value)).toBe(seed)
  })
})
