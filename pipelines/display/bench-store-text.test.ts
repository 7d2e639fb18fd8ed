import { expect, test } from 'vitest'
import { type BenchReport, benchText } from './bench-store-text.ts'

const report: BenchReport = {
  machine: { cpu: 'A processor', cores: 2, memoryBytes: 24 * 2 ** 30, system: 'linux', node: 'v20' },
  load: { foreign: 0.62, own: 0.3, loadBefore: 1.25, loadAfter: 7.5, noisy: true },
  engine: 'embedded ClickHouse 26.7',
  rows: 20_000,
  dimension: 512,
  questions: 100,
  bareSeconds: 0.5,
  loadSeconds: 0.625,
  indexSeconds: 4.375,
  index: 'vector_similarity(…)',
  loadPeakBytes: 1e9,
  storePeakBytes: 1.5e9,
  searches: [{ name: 'default search', recall: 0.99, p50: 4, p95: 5.25, p99: 9 }],
  builds: [{ name: 'a peer', buildSeconds: 20 }],
}

test('says rates, the share of the bare load, memory, each search and what others took to build', () => {
  const text = benchText(report)
  expect(text).toContain('load: 0.6 s (32,000 rows/s), 0.80 of bare')
  expect(text).toContain('load and index: 4,000 rows/s')
  expect(text).toContain('1.00 GB after loading, 1.50 GB after searching')
  expect(text).toContain('a peer: loaded and indexed in 20 s')
  expect(text).toMatch(/default search\s+│ 0\.9900 │\s+4\.0 │\s+5\.3 │\s+9\.0/)
})

test('a machine that others used is named as such; a quiet one is not', () => {
  expect(benchText(report)).toContain(
    'other programs took 62 % of the machine; load 1.3 before, 7.5 after: NOISY, trust ratios',
  )
  expect(benchText({ ...report, load: { ...report.load, foreign: 0, noisy: false } })).not.toContain('NOISY')
})
