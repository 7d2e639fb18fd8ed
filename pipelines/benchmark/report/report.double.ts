import { DISTRIBUTION } from '../latency.ts'
import type { Report } from './report-schema.ts'
import type { CellReport, TrackReport } from './schema.ts'

const quiet = { foreign: 0.01, own: 0.5, loadBefore: 0.2, loadAfter: 0.9, noisy: false }

/** A measured setting with plausible figures around the given ones; k 10, one client, no filter. */
export function cellReport({
  effort,
  recall,
  p95,
}: {
  effort: CellReport['effort']
  recall: number
  p95: number
}): CellReport {
  return {
    k: 10,
    effort,
    clients: 1,
    share: 1,
    byIndex: effort === 'exact' ? 0 : 1,
    visited: typeof effort === 'number' ? effort * 9 : null,
    asked: 1000,
    withheld: null,
    evidence: effort === 'exact' ? 'ReadFromMergeTree' : 'Skip vector_similarity',
    recall: { mean: recall, low: Math.max(0, recall - 0.004), high: Math.min(1, recall + 0.003), n: 1000 },
    strict: recall - 0.01,
    short: 0,
    duplicates: 0,
    foreign: 0,
    latency: {
      n: 1000,
      mean: p95 * 0.7,
      p50: p95 * 0.65,
      p95,
      p99: p95 * 1.4,
      max: p95 * 3,
      distribution: DISTRIBUTION.map((share) => p95 * (0.4 + share ** 8 * 0.8)),
    },
    qps: 1000 / (p95 * 0.7),
    load: quiet,
  }
}

/** A track around the given cells. */
export function trackReport(given: Partial<TrackReport> & Pick<TrackReport, 'cells'>): TrackReport {
  return {
    name: 'text-to-text',
    from: 'text',
    to: 'text',
    outOfDistribution: false,
    note: 'Rows of the searched table.',
    engine: { label: 'embedded ClickHouse 26.7.2.1', version: '26.7.2.1', effortName: 'ef' },
    machine: { cpu: 'Test CPU', cores: 2, memoryBytes: 24e9, system: 'linux 6.1', node: 'v20.20.2' },
    measured: '2026-11-24T06:10:54.123Z',
    queries: 1000,
    seed: 'promptloom',
    rows: 100_000,
    dimension: 512,
    collection: '100000-abc',
    changed: false,
    index: {
      state: 'built',
      definition: "vector_similarity('hnsw', 'cosineDistance', 512, 'bf16', 32, 128)",
      parts: 1,
      diskBytes: 117_000_000,
      memoryBytes: null,
      note: '',
    },
    tolerance: 1e-6,
    idle: quiet,
    repeatRatio: 0.98,
    leftOut: [],
    cold: [{ effort: 64, first: [210, 190, 205], next: [7, 6, 6, 7] }],
    peakBytes: 900_000_000,
    seconds: 95,
    ...given,
  }
}

/** A whole report around the given tracks. */
export function reportOf(tracks: TrackReport[], given: Partial<Report> = {}): Report {
  return {
    format: 'promptloom-benchmark',
    formatVersion: 1,
    run: '20261124T061054123-3f9a',
    created: '2026-11-24T06:10:54.123Z',
    promptloom: '0.1.0',
    model: { name: 'clip', digest: 'abcdef0123456789', standIn: null },
    targetRecall: 0.99,
    options: { queries: 1000 },
    distributionShares: [...DISTRIBUTION],
    tracks,
    choices: [],
    builds: [],
    lifecycle: null,
    cutoffs: [],
    ledger: [],
    hosts: [],
    earlier: [],
    changes: ['Nothing worth a sentence.'],
    remarks: [],
    idle: quiet,
    ...given,
  }
}
