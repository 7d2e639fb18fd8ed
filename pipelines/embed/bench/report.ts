import type { Spread } from '../../measurement/spread.ts'
import type { EmbedBenchReport } from './embed-bench.ts'
import type { Comparison } from './measurement.ts'
import type { TrackReport } from './track.ts'

/** Longest time in milliseconds that the stage should keep the main thread from anything else. */
const DELAY_AIM = 50

/** A benchmark's figures in lines for people; `label` says which model it was. */
export function embedReport(label: string, { machine, text, image, peerSkipped, peak }: EmbedBenchReport): string[] {
  return [
    `model: ${label}`,
    `machine: ${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)} at the start`,
    `matrix-multiply peak: ${(peak / 1e9).toFixed(1)} GFLOP a processor second`,
    'Rates and ratios are medians of the rounds, with the least and the most.',
    ...trackLines('texts', text),
    ...(image ? trackLines('pictures', image) : []),
    ...(peerSkipped ? [`skipped: ${peerSkipped}`] : []),
  ]
}

function trackLines(kind: string, track: TrackReport): string[] {
  const { rows, embedded, openSeconds, delayMost, delayP99, shareOfPeak, decodingShare } = track
  return [
    '',
    `${kind}: ${rows} rows, ${embedded} of them distinct; the model opens in ${openSeconds.toFixed(1)} s`,
    ...track.rates.map(({ name, perSecond, perCpuSecond }) => {
      return `  ${name.padEnd(27)} ${show(perSecond, 1)} a second, ${show(perCpuSecond, 1)} a processor second`
    }),
    ...track.comparisons.map(comparisonLine),
    ...(decodingShare ? [decodingLine(decodingShare)] : []),
    ...(shareOfPeak === undefined ? [] : [`  bare: ${(100 * shareOfPeak).toFixed(0)} % of the matrix-multiply peak`]),
    `  event loop in the stage's turns: delayed at most ${delayMost.toFixed(0)} ms, 99 % below ${delayP99.toFixed(0)} ms; aim ${DELAY_AIM}: ${verdict(delayMost <= DELAY_AIM)}`,
  ]
}

function comparisonLine({ name, byClock, byProcessor, aim }: Comparison): string {
  const figures = `${show(byClock, 2)} by the clock, ${show(byProcessor, 2)} by processor time`
  const reached =
    aim === undefined
      ? ''
      : `; aim ${aim}: ${verdict(byClock.median >= aim)} by the clock, ${verdict(byProcessor.median >= aim)} by processor time`
  return `  ${name.padEnd(36)} ${figures}${reached}`
}

/** What decoding on the same processors leaves of the ceiling, so that a reader sees what is left to win. */
function decodingLine(share: Spread): string {
  const percent = (value: number) => (100 * value).toFixed(1)
  const left = (100 / (1 + share.median)).toFixed(0)
  return `  decode + resize alone takes ${percent(share.median)} % (${percent(share.least)}–${percent(share.most)}) of the ceiling's processor time: at most ${left} % of the ceiling can be reached`
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'missed'
}

function show({ median, least, most }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`
}
