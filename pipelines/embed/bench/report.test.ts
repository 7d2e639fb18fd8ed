import { expect, it } from 'vitest'
import type { EmbedBenchReport } from './embed-bench.ts'
import { embedReport } from './report.ts'
import type { TrackReport } from './track.ts'

const spread = (median: number) => ({ median, least: median - 0.01, most: median + 0.02 })

const text: TrackReport = {
  rates: [{ name: 'stage', rows: 100, perSecond: spread(101.5), perCpuSecond: spread(52) }],
  comparisons: [
    { name: 'stage : bare', byClock: spread(0.91), byProcessor: spread(0.88), aim: 0.9 },
    { name: 'stage : bare and decoding', byClock: spread(0.97), byProcessor: spread(0.98) },
  ],
  ...{ delayMost: 38.2, delayP99: 6.4, openSeconds: 2.46, rows: 100, embedded: 80, shareOfPeak: 0.854 },
}
const report: EmbedBenchReport = {
  machine: { cpu: 'Processor', cores: 2, load: 0.123 },
  text,
  image: { ...text, delayMost: 51, decodingShare: spread(0.07), shareOfPeak: undefined },
  peerSkipped: '@huggingface/transformers is not installed in here',
  peak: 1.5e11,
}

it('says of which model and machine the figures are', () => {
  expect(embedReport('random weights: speed only', report).slice(0, 3)).toEqual([
    'model: random weights: speed only',
    'machine: Processor, 2 cores, load 0.1 at the start',
    'matrix-multiply peak: 150.0 GFLOP a processor second',
  ])
})

it('has each aim with what was reached, by the clock and by processor time', () => {
  const lines = embedReport('x', report)
  const line = (start: string) => lines.find((one) => one.trim().startsWith(start))?.replace(/ +/g, ' ')
  expect(line('stage : bare ')).toBe(
    ' stage : bare 0.91 (0.90–0.93) by the clock, 0.88 (0.87–0.90) by processor time; aim 0.9: reached by the clock, missed by processor time',
  )
  expect(line('stage : bare and')).toBe(
    ' stage : bare and decoding 0.97 (0.96–0.99) by the clock, 0.98 (0.97–1.00) by processor time',
  )
})

it('tells how long the main thread was held, what decoding leaves, and the share of the peak', () => {
  const lines = embedReport('x', report).map((line) => line.trim())
  expect(lines.filter((line) => line.startsWith('event loop'))).toEqual([
    "event loop in the stage's turns: delayed at most 38 ms, 99 % below 6 ms; aim 50: reached",
    "event loop in the stage's turns: delayed at most 51 ms, 99 % below 6 ms; aim 50: missed",
  ])
  expect(lines.filter((line) => line.startsWith('decode'))).toEqual([
    "decode + resize alone takes 7.0 % (6.0–9.0) of the ceiling's processor time: at most 93 % of the ceiling can be reached",
  ])
  expect(lines.filter((line) => line.includes('matrix-multiply peak'))).toEqual([
    'matrix-multiply peak: 150.0 GFLOP a processor second',
    'bare: 85 % of the matrix-multiply peak',
  ])
})

it('names what was skipped, and leaves out pictures that were not measured', () => {
  expect(embedReport('x', report).at(-1)).toBe('skipped: @huggingface/transformers is not installed in here')
  const lines = embedReport('x', { ...report, image: undefined, peerSkipped: undefined })
  expect(lines.some((line) => /pictures|skipped|decode/.test(line))).toBe(false)
})
