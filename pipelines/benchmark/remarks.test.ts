import { describe, expect, it } from 'vitest'
import { remarksOn } from './remarks.ts'
import { cellReport, reportOf, trackReport } from './report/report.double.ts'
import type { CellReport, TrackReport } from './report/schema.ts'

const cell = (changes: Partial<CellReport> = {}): CellReport => ({
  ...cellReport({ effort: 'auto', recall: 0.995, p95: 8 }),
  ...changes,
})
const remarks = (changes: Partial<TrackReport>, cells = [cell()]) =>
  remarksOn(reportOf([trackReport({ cells, ...changes })]))
const load = cell().load

it('a sound measurement needs no remark', () => {
  expect(remarks({})).toEqual([])
})

it.each<[string, Partial<TrackReport>, CellReport[], string]>([
  [
    'a changed table',
    { changed: true },
    [cell()],
    'text-to-text: the table changed while it was measured; no recall of it is given.',
  ],
  [
    'an exact search that misses',
    {},
    [cell(), cell({ effort: 'exact', recall: { mean: 0.999, low: 0.99, high: 1, n: 10 } })],
    'text-to-text: exact search has recall 0.999: its answers and the ground truth disagree.',
  ],
  [
    'no index',
    { index: { ...trackReport({ cells: [] }).index, state: 'none' } },
    [cell()],
    'text-to-text: there is no index.',
  ],
  [
    'an index that failed',
    { index: { ...trackReport({ cells: [] }).index, state: 'failed', note: 'no space' } },
    [cell()],
    'text-to-text: the index is failed (no space).',
  ],
  [
    'an index half built',
    { index: { ...trackReport({ cells: [] }).index, state: 'building' } },
    [cell()],
    'text-to-text: the index is building.',
  ],
  [
    'figures that are withheld',
    {},
    [cell(), cell({ effort: 64, withheld: 'no proof' })],
    'text-to-text: 1 of 2 settings are not given, because no proof.',
  ],
  [
    'a filter that would starve',
    { leftOut: [0.01], rows: 993 },
    [cell()],
    'text-to-text: a filter of 1 % left out: too few of the 993 rows would pass for a full answer.',
  ],
  [
    'several of them',
    { leftOut: [0.01, 0.001], rows: 1500 },
    [cell()],
    'text-to-text: filters of 1 % and 0.1 % left out: too few of the 1,500 rows would pass for a full answer.',
  ],
  [
    'a store that keeps answers',
    { repeatRatio: 0.2 },
    [cell()],
    'text-to-text: a question asked twice takes 0.2 of its first time: the store keeps answers. The figures here are of questions asked once.',
  ],
  [
    'too few questions',
    {},
    [cell({ recall: { mean: 0.9, low: 0.89, high: 0.91, n: 50 } })],
    'text-to-text: recall@10 is known to ±1.00 points only (50 questions).',
  ],
  [
    'repeated rows',
    {},
    [cell({ duplicates: 2 }), cell({ effort: 64 })],
    'text-to-text: 2 repeated rows within an answer, in 1 of 2 settings; they count as misses.',
  ],
  [
    'invented rows',
    {},
    [cell({ foreign: 1 }), cell({ effort: 64, foreign: 4 })],
    'text-to-text: 5 rows that do not exist or that the filter excludes, in 2 of 2 settings; they count as misses.',
  ],
  [
    'short answers',
    {},
    [cell({ short: 9 })],
    'text-to-text: 9 answers with fewer rows than match, in 1 of 1 settings; they count as misses.',
  ],
  [
    'other work on the machine',
    {},
    [cell({ load: { ...load, noisy: true } }), cell({ effort: 64 })],
    'Other work took more than a tenth of the machine during 1 of 2 settings: those times are marked as noisy, and too long.',
  ],
  [
    'other work all the time',
    {},
    [cell({ load: { ...load, noisy: true } })],
    'Other work took more than a tenth of the machine all the time: those times are marked as noisy, and too long.',
  ],
])('%s is told in a sentence', (_, changes, cells, sentence) => {
  expect(remarks(changes, cells)).toEqual([sentence])
})

describe('reasons of what is withheld', () => {
  const because = (...reasons: string[]) =>
    remarks(
      {},
      reasons.map((withheld, at) => cell({ effort: 16 + at, withheld })),
    )[0]

  it('are named once each, whatever numbers they have', () => {
    const scans = (count: number) => `${count} of 40 answers came from exact search, not from the index`
    expect(because(scans(1), scans(7))).toMatch(/because some answers came from exact search, not from the index\.$/)
  })

  it('beyond two are counted', () => {
    expect(because('a', 'b', 'c', 'd')).toMatch(/4 of 4 settings are not given, because a; b; and 2 more reasons\.$/)
  })
})

it('a stand-in’s recalls are said to mean nothing', () => {
  const model = { name: 'm', digest: 'd', standIn: 'Made here.' }
  expect(remarksOn(reportOf([trackReport({ cells: [cell()] })], { model }))).toEqual([
    'The model is a stand-in: Made here. Recalls say nothing about a real model’s vectors.',
  ])
})

it('measurements of several machines are told apart', () => {
  const track = trackReport({ cells: [cell()] })
  const other = { ...track, name: 'image-to-image' as const, machine: { ...track.machine, cores: 8 } }
  expect(remarksOn(reportOf([track, other]))).toEqual([
    'Measured on different machines: 2 × Test CPU and 8 × Test CPU.',
  ])
})
