import Table from 'cli-table3'
import type { LoadFacts, MachineFacts } from '../measurement/machine.ts'

/** Figures of one way to search. */
interface Figures {
  readonly name: string
  readonly recall: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Why it was asked no longer. */
  readonly failure?: string
}

/** What it took a peer to load and index the same vectors. */
export interface PeerFigures {
  readonly name: string
  readonly buildSeconds: number
  readonly processorSeconds?: number
  readonly peakBytes?: number
  /** Why it takes no part in the searches. */
  readonly failure?: string
}

/** What `promptloom bench store` measured. */
export interface BenchReport {
  readonly machine: MachineFacts
  /** How busy the machine was with other work, from the first row to the last question. */
  readonly load: LoadFacts
  readonly engine: string
  readonly rows: number
  readonly dimension: number
  readonly questions: number
  /** One `INSERT … SELECT FROM file()` of all files into a plain table. */
  readonly bareSeconds: number
  readonly loadSeconds: number
  readonly indexSeconds: number
  /** Seconds of processor time of the same three, all threads together. */
  readonly processor?: { readonly bare: number; readonly load: number; readonly index: number }
  readonly index: string
  /** Most memory of the process, engine included, up to the end of the load, and of the searches. */
  readonly loadPeakBytes: number
  readonly storePeakBytes: number
  readonly searches: readonly Figures[]
  readonly builds: readonly PeerFigures[]
}

/** The report for people. */
export function benchText(report: BenchReport): string {
  const { machine, rows, dimension, bareSeconds, loadSeconds, indexSeconds } = report
  const rate = (seconds: number) => `${Math.round(rows / seconds).toLocaleString('en')} rows/s`
  const table = new Table({
    head: ['search, k = 10', 'recall', 'p50 ms', 'p95 ms', 'p99 ms'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  })
  for (const { name, recall, p50, p95, p99, failure } of report.searches) {
    const note = failure === undefined ? '' : ` (failed: ${failure})`
    table.push([name + note, recall.toFixed(4), p50.toFixed(1), p95.toFixed(1), p99.toFixed(1)])
  }
  return [
    `${report.engine} · ${rows.toLocaleString('en')} synthetic power-law vectors of ${dimension} · ${report.questions} questions`,
    `${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, Node ${machine.node}`,
    disturbance(report.load),
    `bare INSERT … SELECT FROM file(): ${bareSeconds.toFixed(1)} s (${rate(bareSeconds)})`,
    `load: ${loadSeconds.toFixed(1)} s (${rate(loadSeconds)}), ${(bareSeconds / loadSeconds).toFixed(2)} of bare`,
    `index: ${indexSeconds.toFixed(1)} s, ${report.index}`,
    `load and index: ${rate(loadSeconds + indexSeconds)}`,
    ...(report.processor ? [processorText(report.processor)] : []),
    `most memory of the process, engine included: ${gigabytes(report.loadPeakBytes)} after loading, ${gigabytes(report.storePeakBytes)} after searching`,
    ...report.builds.map(peerText),
    'all asked by turns, each with id and distance alone unless it says otherwise; recall by true distances',
    table.toString(),
  ].join('\n')
}

/** One peer's line: what it took, or why it is not there. */
export function peerText({ name, buildSeconds, processorSeconds, peakBytes, failure }: PeerFigures): string {
  const memory = peakBytes ? `at most ${gigabytes(peakBytes)} of memory` : ''
  if (failure !== undefined) return `${name}: left out: ${[failure, memory].filter(Boolean).join(', ')}`
  const processor = processorSeconds === undefined ? '' : `${processorSeconds.toFixed(0)} s of processor time`
  return `${name}: ${[`loaded and indexed in ${buildSeconds.toFixed(0)} s`, processor, memory].filter(Boolean).join(', ')}`
}

function processorText({ bare, load, index }: NonNullable<BenchReport['processor']>): string {
  const share = (bare / load).toFixed(2)
  return `processor time: bare ${bare.toFixed(1)} s, load ${load.toFixed(1)} s (${share} of bare), index ${index.toFixed(0)} s`
}

function disturbance({ foreign, loadBefore, loadAfter, noisy }: LoadFacts): string {
  const share = `other programs took ${(foreign * 100).toFixed(0)} % of the machine`
  return `${share}; load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after${noisy ? ': NOISY, trust ratios' : ''}`
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`
}
