import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BenchReport, benchText } from './bench-store-text.ts'
import { bytes, count, countOf, duration } from './numbers.ts'
import { plainText } from './plain-text.ts'

describe('so many of a thing', () => {
  it('is one, or several with thousands apart', () => {
    expect([0, 1, 2, 900_000].map((value) => countOf(value, 'row'))).toEqual([
      '0 rows',
      '1 row',
      '2 rows',
      '900,000 rows',
    ])
  })
})

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1049, '1.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [999_999, '1.0 MB'],
    [1_800_000_000, '1.8 GB'],
    [5e12, '5.0 TB'],
    [5e15, '5000 TB'],
  ])('%i are %s', (value, text) => {
    expect(bytes(value)).toBe(text)
  })

  it('say a number of at most three digits up to petabytes, within a twentieth of the truth', () => {
    const units: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999e12 }), (value) => {
        const [, number = '', unit = ''] = /^([\d.]+) (\w+)$/.exec(bytes(value)) ?? []
        expect(Number(number)).toBeLessThan(1000)
        expect(Math.abs(Number(number) * (units[unit] as number) - value)).toBeLessThanOrEqual(value / 20 + 0.5)
      }),
    )
  })
})

describe('a duration', () => {
  it.each([
    [0, '0.0 s'],
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [10, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [61, '1 min 01 s'],
    [3599, '59 min 59 s'],
    [3599.6, '1 h 00 min'],
    [7800, '2 h 10 min'],
    [100 * 3600, '100 h 00 min'],
    [Number.POSITIVE_INFINITY, '…'],
    [Number.NaN, '…'],
  ])('of %s seconds is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })

  it('never says sixty', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(duration(seconds)).not.toMatch(/\b60 (s|min)\b/)
      }),
    )
  })
})

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [900_000, '900,000'],
  [1234.6, '1,235'],
  [-5000, '-5,000'],
])('a count of %s is %s, whatever the language of the machine', (value, text) => {
  expect(count(value)).toBe(text)
})

describe('text for a terminal', () => {
  it('holds no control character, and else what it held', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = plainText(text)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be gone
        expect(plain).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may differ
        expect(plain.replaceAll(' ', '')).toBe(text.replace(/[\u0000-\u001f\u007f-\u009f ]+/g, ''))
        expect(plainText(plain)).toBe(plain)
      }),
    )
  })

  it('keeps line breaks where they are wanted, and those alone', () => {
    expect(plainText('a\nb\r\nc\td', { lines: true })).toBe('a\nb \nc d')
    expect(plainText('a\nb')).toBe('a b')
  })
})

describe('the report of bench store', () => {
  const report = (more: Partial<BenchReport> = {}): BenchReport => ({
    machine: { cpu: 'A CPU', cores: 2, memoryBytes: 24 * 2 ** 30, system: 'linux 6', node: 'v20.18.1' },
    load: { foreign: 0.04, own: 0.5, loadBefore: 1.23, loadAfter: 2, noisy: false },
    engine: 'chDB 3',
    rows: 900_000,
    dimension: 512,
    questions: 500,
    bareSeconds: 10,
    loadSeconds: 20,
    indexSeconds: 40,
    index: 'hnsw i8',
    loadPeakBytes: 1_500_000_000,
    storePeakBytes: 2_000_000_000,
    searches: [{ name: 'default search', recall: 0.98765, p50: 1.23, p95: 4.56, p99: 7.89 }],
    builds: [],
    ...more,
  })
  const lines = (more: Partial<BenchReport> = {}) => benchText(report(more)).split('\n')

  it('says what was measured, on what, and how busy the machine was', () => {
    const [first, second, third] = lines()
    expect(first).toBe('chDB 3 · 900,000 synthetic power-law vectors of 512 · 500 questions')
    expect(second).toBe('A CPU, 2 cores, 24 GiB, Node v20.18.1')
    expect(third).toBe('other programs took 4 % of the machine; load 1.2 before, 2.0 after')
  })

  it('warns of a noisy machine', () => {
    expect(lines({ load: { ...report().load, noisy: true } })[2]).toMatch(/: NOISY, trust ratios$/)
  })

  it('gives times with their rates, and the load beside the bare ceiling', () => {
    const text = benchText(report())
    expect(text).toContain('bare INSERT … SELECT FROM file(): 10.0 s (90,000 rows/s)')
    expect(text).toContain('load: 20.0 s (45,000 rows/s), 0.50 of bare')
    expect(text).toContain('index: 40.0 s, hnsw i8')
    expect(text).toContain('load and index: 15,000 rows/s')
    expect(text).toContain('1.50 GB after loading, 2.00 GB after searching')
  })

  it('has a line a search, with recall to four digits', () => {
    const line = lines().find((one) => one.includes('default search')) ?? ''
    expect(
      line
        .split('│')
        .map((cell) => cell.trim())
        .filter(Boolean),
    ).toEqual(['default search', '0.9877', '1.2', '4.6', '7.9'])
  })

  it('names the peers that were measured, and none where there are none', () => {
    expect(benchText(report({ builds: [{ name: 'LanceDB', buildSeconds: 61.5 }] }))).toContain(
      'LanceDB: loaded and indexed in 62 s',
    )
    expect(benchText(report())).not.toContain('loaded and indexed')
  })
})
