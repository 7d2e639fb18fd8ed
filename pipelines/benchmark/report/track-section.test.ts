import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Axis, plot } from './plot.ts'
import { cellReport, reportOf, trackReport } from './report.double.ts'
import type { Earlier } from './report-schema.ts'
import type { CellReport, TrackReport } from './schema.ts'
import { driftPlots, trackPlots } from './track-plots.ts'
import { choiceSection, trackSection } from './track-section.ts'

const cell = (effort: CellReport['effort'], changes: Partial<CellReport> = {}): CellReport => ({
  ...cellReport({ effort, recall: 0.99, p95: 8 }),
  ...changes,
})
const section = (cells: CellReport[], changes: Partial<TrackReport> = {}) =>
  trackSection(trackReport({ cells, ...changes }), 0.99).markup
/** The rows of the table of settings, as their cells' text. */
const rowsOf = (markup: string) =>
  [...(/<tbody>([\s\S]*?)<\/tbody>/.exec(markup)?.[1] ?? '').matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...(row ?? '').matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, text]) => text ?? ''),
  )
const count = (text: string, part: string) => text.split(part).length - 1

describe('the table of settings', () => {
  it('puts the default first, then exact, then the efforts, the plain ones before filters and clients', () => {
    const cells = [
      cell(128, { clients: 4 }),
      cell('auto', { share: 0.01 }),
      cell(128),
      cell(32),
      cell('exact'),
      cell('auto', { k: 100 }),
      cell('auto'),
    ]
    expect(rowsOf(section(cells)).map((row) => row.slice(0, 4).join(' '))).toEqual([
      'default 10 – 1',
      'exact 10 – 1',
      'ef 32 10 – 1',
      'ef 128 10 – 1',
      'default 100 – 1',
      'default 10 1 % 1',
      'ef 128 10 – 4',
    ])
  })

  it('has as many cells in a row as in its head, also where figures are withheld', () => {
    const withheld = cell(64, { withheld: 'no proof', recall: null, strict: null, latency: null, qps: null })
    const markup = section([cell('auto'), withheld])
    const heads = count(/<thead>[\s\S]*?<\/thead>/.exec(markup)?.[0] ?? '', '<th')
    const [plain, other] = rowsOf(markup)
    expect(plain).toHaveLength(heads - 1)
    expect(other?.[4]).toBe('<span class="reason">not given: no proof</span>')
    expect((other?.length ?? 0) + 10 - 1).toBe(heads - 1)
  })

  it('marks where another group of settings begins', () => {
    const markup = section([cell('auto'), cell('exact'), cell('auto', { share: 0.1 }), cell('auto', { clients: 8 })])
    expect(count(markup, '<tr class="group">')).toBe(2)
  })

  it('quotes the engine’s own word, or says that there is none', () => {
    expect(section([cell('exact'), cell(64)])).toContain('(Skip vector_similarity)')
    expect(section([cell('exact')])).toContain('(there is none here)')
  })

  it('shows how much of the machine others had, and marks too much', () => {
    const noisy = cell('auto', { load: { ...cell('auto').load, foreign: 0.35, noisy: true } })
    expect(section([noisy])).toContain('<span class="badge">35 % noisy</span>')
    expect(rowsOf(section([cell('auto')]))[0]?.at(-1)).toBe('1 %')
  })
})

describe('what stands around it', () => {
  it('counts the index’s parts in words', () => {
    const { index } = trackReport({ cells: [] })
    expect(section([], { index: { ...index, parts: 1 } })).toContain('1 part.')
    expect(section([], { index: { ...index, parts: 4 } })).toContain('4 parts.')
  })

  it('says what a second asking takes, where that was measured', () => {
    expect(section([], { repeatRatio: 0.4 })).toContain('Asked again, a question takes 0.4 × its first time.')
    expect(section([], { repeatRatio: null })).not.toContain('Asked again')
  })

  it('has the cold answers apart, and no heading for them where there are none', () => {
    const cold = [{ effort: 'exact' as const, first: [200, 100], next: [5] }]
    expect(section([], { cold })).toContain('<td>exact</td><td>200 · 100</td><td>5.00</td>')
    expect(section([], { cold: [] })).not.toContain('<details')
  })

  it.each(['<script>x</script>', '"><img src=x>', "'&<"])('shows %j as text wherever it stands', (evil) => {
    const { index } = trackReport({ cells: [] })
    const markup = section([cell(64, { evidence: evil, withheld: evil })], {
      note: evil,
      seed: evil,
      index: { ...index, definition: evil },
    })
    expect(markup).not.toMatch(/<script|<img/)
    expect(count(markup, '&lt;')).toBeGreaterThan(2)
  })

  it('names the chosen settings, with the recall that is certain', () => {
    const choice = {
      ...{ table: 'text' as const, track: 'text-to-text' as const, mode: 'indexed' as const, effort: 48, k: 10 },
      ...{
        recall: 0.995,
        recallLow: 0.991,
        p50: 2,
        p95: null,
        rows: 1,
        collection: 'c',
        noisy: false,
        reason: 'a < b',
      },
    }
    const { markup } = choiceSection(reportOf([], { choices: [choice] }))
    expect(markup).toContain('effort 48')
    expect(markup).toContain('<td>0.9950</td><td>0.9910</td><td>2.00</td><td>–</td><td class="wide">a &lt; b</td>')
  })
})

describe('the plots of a track', () => {
  const cells = [
    ...[16, 64, 256].map((effort) => cell(effort)),
    cell('exact'),
    cell('auto'),
    cell(64, { clients: 8, qps: 4000 }),
    cell('auto', { share: 0.01 }),
    cell(16, { withheld: 'no proof', k: 10, clients: 2 }),
  ]

  it('are three, of the plain settings that were proven', () => {
    const [recallByTime, recallByRate, latencies] = trackPlots(trackReport({ cells }), 0.99).map(({ markup }) => markup)
    expect(count(recallByTime ?? '', 'class="point"')).toBe(5)
    expect(recallByTime).toContain('target 0.99')
    // Of each effort only the number of clients with the most answers a second.
    expect(count(recallByRate ?? '', 'class="point"')).toBe(5)
    expect(recallByRate).toContain('ef 64, 8 clients')
    expect(recallByRate).not.toMatch(/ef 64: /)
    expect(count(latencies ?? '', '<path class="line"')).toBe(3)
  })

  it('are none where nothing was proven', () => {
    expect(trackPlots(trackReport({ cells: [cell('auto', { withheld: 'no proof' })] }), 0.99)).toEqual([])
  })
})

describe('from report to report', () => {
  const earlier = (run: string, p95: number | null, changes: Partial<Earlier> = {}): Earlier => ({
    ...{ run, created: '', comparable: true, noisy: false, builds: [] },
    points: [{ track: 'text-to-text', rows: 1, recall: 0.99, p50: 1, p95, qps: 1 }],
    ...changes,
  })
  const drift = (before: Earlier[]) =>
    driftPlots(reportOf([trackReport({ cells: [cell('auto')] })], { earlier: before })).map(({ markup }) => markup)

  it('needs an earlier one', () => {
    expect(drift([])).toEqual([])
    expect(drift([earlier('r1', 7, { points: [] })])).toEqual([])
  })

  it('has a point for each report that measured it, this one last', () => {
    const [times] = drift([earlier('r1', 7), earlier('r2', null), earlier('r3', 9)])
    expect([...(times ?? '').matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title)).toEqual([
      'r1: 7.00 ms',
      'r3: 9.00 ms',
      'this run: 8.00 ms',
    ])
  })

  it('hollows out what cannot be compared', () => {
    const [times] = drift([
      earlier('r1', 7, { comparable: false }),
      earlier('r2', 7, { noisy: true }),
      earlier('r3', 7),
    ])
    expect(count(times ?? '', 'point hollow')).toBe(2)
  })
})

describe('any plot', () => {
  const value = fc.double({ min: 1e-3, max: 1e6, noNaN: true })
  const points = fc.array(fc.record({ x: value, y: value, low: value, high: value }), { minLength: 1, maxLength: 12 })

  it('keeps every point within its frame, and draws no number that is none', () => {
    fc.assert(
      fc.property(points, fc.boolean(), fc.boolean(), (some, logX, logY) => {
        const axis = (log: boolean): Axis => ({ label: 'axis', log })
        const series = [{ name: 'a', tone: 1 as const, joined: true, points: some }]
        const { markup } = plot({ title: 't', x: axis(logX), y: axis(logY), series }) ?? { markup: '' }
        expect(markup).not.toMatch(/NaN|Infinity|undefined/)
        for (const [, cx, cy] of markup.matchAll(/<circle class="point" cx="([-\d.]+)" cy="([-\d.]+)"/g)) {
          expect(Number(cx)).toBeGreaterThanOrEqual(66)
          expect(Number(cx)).toBeLessThanOrEqual(420)
          expect(Number(cy)).toBeGreaterThanOrEqual(16)
          expect(Number(cy)).toBeLessThanOrEqual(236)
        }
      }),
    )
  })
})
