import { describe, expect, it } from 'vitest'
import { bytes, count, duration } from './numbers.ts'

describe('numbers as people read them', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [42.4, '42 s'],
    [185, '3 min 05 s'],
    [7800, '2 h 10 min'],
    [Number.POSITIVE_INFINITY, '…'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text))

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [1_840_000_000, '1.8 GB'],
    [218_000_000, '218 MB'],
  ])('%d bytes are %s', (size, text) => expect(bytes(size)).toBe(text))

  it('separates thousands', () => expect(count(900_000)).toBe('900,000'))
})
