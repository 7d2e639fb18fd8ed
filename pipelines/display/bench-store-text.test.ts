import { expect, test } from 'vitest'
import { type BenchReport, benchText, peerText } from './bench-store-text.ts'

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

test('processor time has a line of its own, where it was measured', () => {
  const processor = { bare: 2, load: 2.5, index: 90.4 }
  expect(benchText({ ...report, processor })).toContain(
    'processor time: bare 2.0 s, load 2.5 s (0.80 of bare), index 90 s',
  )
  expect(benchText(report)).not.toContain('processor time')
})

test.each([
  [{ buildSeconds: 20.4 }, 'a peer: loaded and indexed in 20 s'],
  [
    { buildSeconds: 20.4, processorSeconds: 35, peakBytes: 1.25e9 },
    'a peer: loaded and indexed in 20 s, 35 s of processor time, at most 1.25 GB of memory',
  ],
  [{ buildSeconds: 0, failure: 'ended by itself (SIGKILL)' }, 'a peer: left out: ended by itself (SIGKILL)'],
  [
    { buildSeconds: 0, peakBytes: 2e9, failure: 'took more than 2.0 GB of memory' },
    'a peer: left out: took more than 2.0 GB of memory, at most 2.00 GB of memory',
  ],
])('of a peer with %j it says "%s"', (figures, line) => {
  expect(peerText({ name: 'a peer', ...figures })).toBe(line)
  expect(benchText({ ...report, builds: [{ name: 'a peer', ...figures }] }).split('\n')).toContain(line)
})

test('a search that failed is named with the reason, beside what it had answered', () => {
  const searches = [{ name: 'a peer', recall: 0.5, p50: 1, p95: 2, p99: 3, failure: 'it ended' }]
  expect(benchText({ ...report, searches })).toMatch(/a peer \(failed: it ended\)\s+│ 0\.5000 │/)
})
