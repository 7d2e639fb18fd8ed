import { UserError } from '@promptloom/runner/errors'
import { comparable, headline } from './headline.ts'
import type { Report } from './report/report-schema.ts'
import type { CellReport, TrackReport } from './report/schema.ts'
import { TRACK_NAMES, type TrackName } from './track.ts'

/** One condition under which a batch must not pass, e.g. `recall@10<0.985` or `text-to-image.p95>1.5x`. */
export interface Gate {
  readonly text: string
  /** Undefined: every track whose questions are like the rows. */
  readonly track: TrackName | undefined
  readonly metric: Metric
  /** Length of the answers; undefined: that of the headline. */
  readonly k: number | undefined
  readonly operator: '<' | '<=' | '>' | '>='
  readonly value: number
  /** True: `value` is a factor of the earlier report's figure. */
  readonly relative: boolean
}

/** How a condition can come out, the worst last. */
export const VERDICTS = ['passed', 'undecided', 'not judged', 'failed'] as const

/** How one condition came out for one track. */
export interface GateResult {
  readonly gate: string
  readonly track: string
  /** `undecided`: there is no earlier report to compare with; `not judged`: too few questions for the percentile. */
  readonly verdict: (typeof VERDICTS)[number]
  /** One sentence with the figures. */
  readonly reason: string
}

const METRICS = ['recall', 'strict', 'p50', 'p95', 'p99', 'mean', 'max', 'qps', 'rows', 'short'] as const
type Metric = (typeof METRICS)[number]

const FORM = new RegExp(
  `^\\s*(?:(${TRACK_NAMES.join('|')})\\.)?(${METRICS.join('|')})(?:@(\\d+))?\\s*(<=|>=|<|>)\\s*(\\d+(?:\\.\\d+)?)\\s*(x|ms|%)?\\s*$`,
)

/**
 * Parses a condition: an optional track and a dot, a metric (with `@k` where it matters), a comparison and a number;
 * with `x` the number is a factor of the earlier report's figure, with `%` hundredths, with `ms` milliseconds.
 * @throws UserError that shows what a condition looks like.
 */
export function parseGate(text: string): Gate {
  const found = FORM.exec(text)
  if (!found) {
    throw new UserError(
      `"${text}" is no condition; write e.g. 'recall@10<0.985', 'p95>1.5x' or 'text-to-image.recall<95%'. Metrics: ${METRICS.join(', ')}; tracks: ${TRACK_NAMES.join(', ')}.`,
    )
  }
  const [, track, metric, k, operator, number, unit] = found
  const units = unitsOf(metric as Metric)
  if (unit !== undefined && !units.includes(unit)) {
    throw new UserError(
      `"${text}" is no condition: ${metric} is not measured in ${unit}; write the number ${units.map((one) => `with ${one}`).join(', ')} or without a unit.`,
    )
  }
  return {
    text: text.trim(),
    track: track as TrackName | undefined,
    metric: metric as Metric,
    k: k === undefined ? undefined : Number(k),
    operator: operator as Gate['operator'],
    value: Number(number) / (unit === '%' ? 100 : 1),
    relative: unit === 'x',
  }
}

/** What may stand behind the number: every figure may be held against an earlier one. */
function unitsOf(metric: Metric): readonly string[] {
  if (metric === 'recall' || metric === 'strict') return ['x', '%']
  return ['qps', 'rows', 'short'].includes(metric) ? ['x'] : ['x', 'ms']
}

/**
 * Holds a report against a condition, track by track. A figure that was withheld or not measured fails: silence is no
 * pass. A relative condition without a comparable earlier report is undecided. A track with too few questions for the
 * percentile is not judged, unless it would fail wherever between the median and the maximum that percentile lies: a
 * store so slow that the time was up after a few answers must not pass for a small collection. Where no track is judged
 * the condition fails, because nothing has passed it.
 */
export function judgeGate(gate: Gate, now: Report, before: Report | undefined): GateResult[] {
  const tracks = now.tracks.filter(({ name, outOfDistribution }) =>
    gate.track ? name === gate.track : !outOfDistribution,
  )
  if (tracks.length === 0) {
    const what = gate.track ?? 'any track whose questions are like the rows'
    return [{ gate: gate.text, track: gate.track ?? '–', verdict: 'failed', reason: `${what} was not measured` }]
  }
  const results = tracks.map((track): GateResult => {
    return { gate: gate.text, track: track.name, ...judged(gate, track, { now, before }) }
  })
  if (results.some(({ verdict }) => verdict !== 'not judged')) return results
  const instead = 'no track has enough; a condition on p50 or mean needs fewer'
  return results.map((one) => ({ ...one, verdict: 'failed', reason: `${one.reason}, and ${instead}` }))
}

interface Reports {
  readonly now: Report
  readonly before: Report | undefined
}

function judged(gate: Gate, track: TrackReport, reports: Reports): Pick<GateResult, 'verdict' | 'reason'> {
  const { metric, k, operator, text } = gate
  const value = figure(gate, track)
  const name = `${metric}${k === undefined ? '' : `@${k}`}`
  if (typeof value === 'string') return { verdict: 'failed', reason: `${name} is not known: ${value}` }
  const against = limitOf(gate, track, reports)
  if (value instanceof TooFew) {
    const certain = typeof against !== 'string' && value.range.every((one) => holds(one, operator, against.limit))
    if (!certain) return { verdict: 'not judged', reason: value.reason }
    const [least, most] = value.range.map(short)
    return { verdict: 'failed', reason: `${value.reason}, which lies between ${least} and ${most}: ${text}` }
  }
  const said = `${name} is ${short(value)}`
  if (typeof against === 'string') return { verdict: 'undecided', reason: `${said}; ${against}` }
  const reason = said + against.compared(value)
  return holds(value, operator, against.limit)
    ? { verdict: 'failed', reason: `${reason}: ${text}` }
    : { verdict: 'passed', reason }
}

/** The figure that a condition sets and how another compares with it, or why there is none. */
function limitOf(
  gate: Gate,
  track: TrackReport,
  { now, before }: Reports,
): { limit: number; compared: (value: number) => string } | string {
  if (!gate.relative) return { limit: gate.value, compared: () => '' }
  if (!before) return 'there is no comparable earlier report to hold it against'
  const reason = comparable(before, now)
  if (reason) return `it cannot be compared with ${before.run}: ${reason}`
  const earlier = before.tracks.find((one) => one.name === track.name)
  const old = earlier ? figure(gate, earlier) : 'it was not measured'
  if (typeof old !== 'number') return `that of ${before.run} is not known: ${old instanceof TooFew ? old.reason : old}`
  const noisy =
    headline(track)?.load.noisy || (earlier && headline(earlier)?.load.noisy) ? ', in a noisy measurement' : ''
  // Nothing is a multiple of 0.
  const factor = (value: number) => (old === 0 ? 'where it was 0 in' : `${short(value / old)} × the ${short(old)} of`)
  return { limit: gate.value * old, compared: (value) => `, ${factor(value)} ${before.run}${noisy}` }
}

function holds(value: number, operator: Gate['operator'], limit: number): boolean {
  return { '<': value < limit, '<=': value <= limit, '>': value > limit, '>=': value >= limit }[operator]
}

/** A percentile that cannot be had of so few questions; it lies somewhere between figures that can. */
class TooFew {
  readonly reason: string
  readonly range: readonly [number, number]

  constructor(asked: number, metric: Metric, { p50, p95, max }: NonNullable<CellReport['latency']>) {
    this.reason = `${asked} ${asked === 1 ? 'question is' : 'questions are'} too few for a ${metric}`
    this.range = [p95 ?? p50, max]
  }
}

/** A track's figure, or why there is none. */
function figure({ metric, k }: Gate, track: TrackReport): number | string | TooFew {
  if (metric === 'rows') return track.rows
  const main = headline(track)
  const cell = k === undefined ? main : cellAt(track, main, k)
  if (!cell) return k === undefined ? 'nothing was measured' : `answers of ${k} were not measured`
  if (cell.withheld !== null) return cell.withheld
  const value = measuredBy(metric, cell)
  if (value === null && cell.latency) return new TooFew(cell.asked, metric, cell.latency)
  return value ?? 'it was not measured'
}

function cellAt(track: TrackReport, main: CellReport | undefined, k: number): CellReport | undefined {
  return track.cells.find(
    (cell) => cell.k === k && cell.effort === main?.effort && cell.clients === 1 && cell.share === 1,
  )
}

function measuredBy(metric: Exclude<Metric, 'rows'>, cell: CellReport): number | null | undefined {
  if (metric === 'recall') return cell.recall?.mean
  if (metric === 'strict' || metric === 'qps' || metric === 'short') return cell[metric]
  return cell.latency?.[metric]
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
