import { describe, expect, it } from 'vitest'
import { changesSince } from './changes.ts'
import { asEarlier, comparable, headline } from './headline.ts'
import { remarksOn } from './remarks.ts'
import { cellReport, reportOf, trackReport } from './report/report.double.ts'
import type { TrackReport } from './report/schema.ts'

const track = (p95: number, recall = 0.99, given: Partial<TrackReport> = {}) =>
  trackReport({ cells: [cellReport({ effort: 'auto', recall, p95 })], ...given })
const ledger = (outcomes: Record<string, number>) => [
  { stage: 'fetch-images', shards: 1, rows: 10, outcomes, bytes: 0, seconds: 1, rate: 10, steps: {} },
]

describe('headline', () => {
  it('is the default search, plain; exact search where that was not measured', () => {
    const cells = [
      cellReport({ effort: 'exact', recall: 1, p95: 80 }),
      cellReport({ effort: 'auto', recall: 0.99, p95: 8 }),
    ]
    expect(headline(trackReport({ cells }))?.effort).toBe('auto')
    expect(headline(trackReport({ cells: cells.slice(0, 1) }))?.effort).toBe('exact')
    expect(headline(trackReport({ cells: [] }))).toBeUndefined()
  })
})

describe('comparable', () => {
  it('names what differs: engine, machine, model', () => {
    const now = reportOf([track(8)])
    expect(comparable(reportOf([track(5)]), now)).toBeUndefined()
    const engine = { ...track(8).engine, label: 'MyScale double' }
    expect(comparable(reportOf([track(8, 0.99, { engine })]), now)).toMatch(/engine was MyScale double/)
    expect(comparable(reportOf([track(8)], { model: { name: 'x', digest: 'y', standIn: null } }), now)).toMatch(/model/)
    expect(comparable(reportOf([]), now)).toMatch(/measured nothing/)
  })

  it('goes with each earlier report into the drift plot', () => {
    const earlier = asEarlier(reportOf([track(5)], { run: 'r0' }), reportOf([track(8)]))
    expect(earlier).toMatchObject({
      run: 'r0',
      comparable: true,
      noisy: false,
      points: [{ track: 'text-to-text', p95: 5, recall: 0.99 }],
    })
  })
})

describe('changesSince', () => {
  it('speaks of rows, outcomes, index and of figures beyond chance', () => {
    const before = reportOf([track(8)], { ledger: ledger({ ok: 10 }) })
    const index = { ...track(8).index, definition: 'another' }
    const now = reportOf([track(12, 0.95, { rows: 101_000, index })], { ledger: ledger({ ok: 9, http_404: 2 }) })
    expect(changesSince(before, now)).toEqual([
      'text table: +1,000 rows (text-to-text).',
      'text index: now another.',
      'text-to-text: recall@10 0.9900 → 0.9500.',
      'text-to-text: p95 8.0 → 12.0 ms.',
      'fetch-images: −1 ok, +2 http_404.',
    ])
  })

  it('keeps quiet about differences within the interval, and compares nothing across machines', () => {
    expect(changesSince(reportOf([track(8)]), reportOf([track(8.4, 0.991)]))).toEqual(['Nothing worth a sentence.'])
    const machine = { ...track(8).machine, cpu: 'Other' }
    const lines = changesSince(reportOf([track(8, 0.99, { machine })]), reportOf([track(80)]))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^Not comparable/)
  })

  it('says what is new, what is gone, and that there was nothing before', () => {
    const image = track(8, 0.99, { name: 'image-to-image', to: 'image' })
    expect(changesSince(reportOf([track(8)]), reportOf([image]))).toEqual([
      'image-to-image is new.',
      'text-to-text is no longer measured.',
    ])
    expect(changesSince(undefined, reportOf([]))).toEqual(['This is the first report of this workspace.'])
  })
})

describe('remarksOn', () => {
  const remarks = (one: TrackReport, given = {}) => remarksOn(reportOf([one], given)).join('\n')

  it('has nothing to say about a sound measurement', () => {
    expect(remarks(track(8, 0.995))).toBe('')
  })

  it('speaks of everything that makes figures doubtful', () => {
    const cell = cellReport({ effort: 'auto', recall: 0.9, p95: 8 })
    const doubtful = {
      ...cell,
      duplicates: 3,
      foreign: 2,
      short: 4,
      load: { ...cell.load, noisy: true },
      recall: { mean: 0.9, low: 0.85, high: 0.95, n: 30 },
    }
    const withheld = { ...cellReport({ effort: 64, recall: 1, p95: 1 }), withheld: 'the index was not used' }
    const exact = cellReport({ effort: 'exact', recall: 0.99, p95: 80 })
    const text = remarks(
      trackReport({
        cells: [doubtful, withheld, exact],
        changed: true,
        repeatRatio: 0.1,
        index: { ...track(8).index, state: 'none' },
      }),
      {
        model: { name: 'm', digest: 'd', standIn: 'Not CLIP.' },
      },
    )
    for (const part of [
      'table changed',
      'ground truth disagree',
      'there is no index',
      '1 of 3 settings are not given',
      'keeps answers',
      '±5.00 points',
      '3 repeated rows',
      '2 rows that do not exist',
      '4 answers with fewer rows',
      'stand-in: Not CLIP.',
      'a tenth of the machine during 1 of 3',
    ]) {
      expect(text).toContain(part)
    }
  })
})
