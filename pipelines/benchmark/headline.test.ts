import { describe, expect, it } from 'vitest'
import { asEarlier, comparable, headline } from './headline.ts'
import { cellReport, reportOf, trackReport } from './report/report.double.ts'
import type { CellReport } from './report/schema.ts'

const cell = (effort: CellReport['effort'], changes: Partial<CellReport> = {}): CellReport => ({
  ...cellReport({ effort, recall: 0.99, p95: 8 }),
  ...changes,
})

describe('what stands for a track', () => {
  it.each<[string, CellReport[], Partial<CellReport> | undefined]>([
    ['the default search before any other', [cell('exact'), cell(64), cell('auto')], { effort: 'auto' }],
    ['exact search where that was not measured', [cell(64), cell('exact')], { effort: 'exact' }],
    ['nothing where only efforts were', [cell(64), cell(128)], undefined],
    [
      'ten answers before any other number',
      [cell('auto', { k: 100 }), cell('auto', { k: 1 }), cell('auto')],
      { k: 10 },
    ],
    ['the number nearest to ten', [cell('auto', { k: 100 }), cell('auto', { k: 5 })], { k: 5 }],
    ['one client', [cell('auto', { clients: 4 }), cell('exact')], { effort: 'exact' }],
    ['no filter', [cell('auto', { share: 0.1 }), cell('exact')], { effort: 'exact' }],
    ['nothing of nothing', [], undefined],
  ])('is %s', (_, cells, expected) => {
    const found = headline({ cells })
    if (expected) expect(found).toMatchObject(expected)
    else expect(found).toBeUndefined()
  })
})

describe('two reports', () => {
  const track = trackReport({ cells: [cell('auto')] })
  const report = reportOf([track])

  it.each<[string, typeof report, string | undefined]>([
    ['of the same can be compared', reportOf([track]), undefined],
    [
      'of another engine',
      reportOf([{ ...track, engine: { ...track.engine, label: 'MyScale' } }]),
      'the engine was embedded ClickHouse 26.7.2.1, and is MyScale',
    ],
    [
      'of another processor',
      reportOf([{ ...track, machine: { ...track.machine, cpu: 'Other' } }]),
      'the machine was 2 × Test CPU, and is 2 × Other',
    ],
    [
      'of more cores',
      reportOf([{ ...track, machine: { ...track.machine, cores: 8 } }]),
      'the machine was 2 × Test CPU, and is 8 × Test CPU',
    ],
    [
      'of another model',
      reportOf([track], { model: { name: 'clip', digest: 'x', standIn: null } }),
      'the model was another one',
    ],
    ['of which one is empty', reportOf([]), 'one of them measured nothing'],
  ])('%s', (_, other, reason) => {
    expect(comparable(report, other)).toBe(reason)
  })

  it('leave their figures to later ones, what is missing as nothing', () => {
    const noisy = cell('auto', { load: { ...cell('auto').load, noisy: true } })
    const empty = trackReport({ name: 'image-to-image', to: 'image', rows: 7, cells: [] })
    const earlier = asEarlier(reportOf([trackReport({ cells: [noisy] }), empty], { run: 'r1' }), report)
    expect(earlier).toMatchObject({ run: 'r1', comparable: true, noisy: true })
    expect(earlier.points).toEqual([
      { track: 'text-to-text', rows: 100_000, recall: 0.99, p50: 5.2, p95: 8, qps: expect.closeTo(178.57, 1) },
      { track: 'image-to-image', rows: 7, recall: null, p50: null, p95: null, qps: null },
    ])
  })
})
