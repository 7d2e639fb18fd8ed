import Table from 'cli-table3'

/** Figures of one way to search. */
interface Figures {
  readonly name: string
  readonly recall: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** What `promptloom bench store` measured. */
export interface BenchReport {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryBytes: number
    readonly node: string
  }
  readonly engine: string
  readonly rows: number
  readonly dimension: number
  readonly questions: number
  /** One `INSERT … SELECT FROM file()` of all files into a plain table. */
  readonly bareSeconds: number
  readonly loadSeconds: number
  readonly indexSeconds: number
  readonly index: string
  /** Most memory of the process, engine included, up to the end of the load, and of the searches. */
  readonly loadPeakBytes: number
  readonly storePeakBytes: number
  readonly searches: readonly Figures[]
  readonly peers: readonly (Figures & { readonly buildSeconds: number })[]
}

/** The report for people. */
export function benchText(report: BenchReport): string {
  const { machine, rows, dimension, bareSeconds, loadSeconds, indexSeconds } = report
  const rate = (seconds: number) => `${Math.round(rows / seconds).toLocaleString('en')} rows/s`
  const table = new Table({
    head: ['search, k = 10', 'recall', 'p50 ms', 'p95 ms', 'p99 ms', 'built in'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  })
  const line = (one: Figures, built: string) =>
    table.push([one.name, one.recall.toFixed(4), one.p50.toFixed(1), one.p95.toFixed(1), one.p99.toFixed(1), built])
  for (const one of report.searches)
    line(one, one.name === 'exact' ? '' : `${(loadSeconds + indexSeconds).toFixed(0)} s`)
  for (const one of report.peers) line(one, `${one.buildSeconds.toFixed(0)} s`)
  return [
    `${report.engine} · ${rows.toLocaleString('en')} synthetic power-law vectors of ${dimension} · ${report.questions} questions`,
    `${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, Node ${machine.node}`,
    `bare INSERT … SELECT FROM file(): ${bareSeconds.toFixed(1)} s (${rate(bareSeconds)})`,
    `load: ${loadSeconds.toFixed(1)} s (${rate(loadSeconds)}), ${(bareSeconds / loadSeconds).toFixed(2)} of bare`,
    `index: ${indexSeconds.toFixed(1)} s, ${report.index}`,
    `load and index: ${rate(loadSeconds + indexSeconds)}`,
    `most memory of the process, engine included: ${gigabytes(report.loadPeakBytes)} after loading, ${gigabytes(report.storePeakBytes)} after searching`,
    table.toString(),
  ].join('\n')
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`
}
