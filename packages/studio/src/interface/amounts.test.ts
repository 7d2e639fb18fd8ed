import { describe, expect, it } from 'vitest'
import { bytesOf, countedOf, countOf, momentOf, rateOf, spanOf } from './amounts.ts'

describe('amounts', () => {
  it.each<[number, string]>([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [25_000_000, '25 MB'],
    [3.2e15, '3200 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(bytesOf(bytes)).toBe(text))

  it.each<[number, string]>([
    [0.04, '0.0 s'],
    [9.96, '10 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [7_200, '2 h'],
    [7_500, '2 h 5 min'],
  ])('%d seconds are %s', (seconds, text) => expect(spanOf(seconds)).toBe(text))

  it('counts and rates have thousands apart, and digits where they say something', () => {
    expect(countOf(1234567)).toBe('1,234,567')
    expect([countedOf(1, 'shard'), countedOf(0, 'shard'), countedOf(1234, 'shard')]).toEqual([
      '1 shard',
      '0 shards',
      '1,234 shards',
    ])
    expect(rateOf(0.52)).toBe('0.5 rows/s')
    expect(rateOf(12_345.6)).toBe('12,346 rows/s')
  })

  it('a moment of today is its hour, any other has its day', () => {
    const now = new Date(2026, 10, 24, 15, 0)
    expect(momentOf(new Date(2026, 10, 24, 9, 5).toISOString(), now)).toBe('09:05')
    expect(momentOf(new Date(2026, 10, 23, 9, 5).toISOString(), now)).toContain('23 Nov 2026')
  })
})
