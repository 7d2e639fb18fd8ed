import { describe, expect, it } from 'vitest'
import { buildPlot } from './build-plot.ts'
import type { Build, Earlier } from './report-schema.ts'

const build = (table: 'text' | 'image', rows: number, seconds: number): Build => ({
  ...{ table, rows, seconds, rate: rows / seconds },
  ...{ bytes: 1e6, peakBytes: 1e9, committed: '2026-11-24T06:10:54.123Z' },
})
const before = (run: string, ...builds: Earlier['builds']): Earlier => ({
  ...{ run, created: 'x', comparable: true, noisy: false, points: [], builds },
})
const titles = (markup = '') => [...markup.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title)

describe('the plot of builds', () => {
  it('has rows on its axis that do not run into each other', () => {
    const ticks = [
      ...(buildPlot([build('text', 900_000, 308)], [])?.markup ?? '').matchAll(
        /class="tick" x="([\d.]+)"[^>]*middle">([^<]*)</g,
      ),
    ]
    expect(ticks.length).toBeGreaterThan(2)
    for (const [, , label = ''] of ticks) expect(label).toMatch(/^[\d.]+[KM]$/)
    // A digit of the ticks' size is 6 wide, and what stands beside it wants some air.
    for (const [at, [, x, label = '']] of ticks.entries()) {
      const [, before, neighbour = ''] = ticks[at - 1] ?? []
      if (before) expect(Number(x) - Number(before)).toBeGreaterThan(3 * (label.length + neighbour.length) + 4)
    }
  })

  it('has a point a table, and more rows lie to the right', () => {
    const markup = buildPlot([build('image', 1_000, 2), build('text', 90_000, 40)], [])?.markup
    expect(titles(markup)).toEqual(['this report: 90,000 rows in 40 s', 'this report: 1,000 rows in 2.0 s'])
    const [text, image] = [...(markup ?? '').matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x))
    expect(text).toBeGreaterThan(image as number)
    expect(markup).not.toContain('hollow')
  })

  it('shows builds of earlier reports hollow, each once, and this report’s own filled', () => {
    const same = { table: 'text', rows: 500, seconds: 3 } as const
    const earlier = [before('r1', same), before('r2', same), before('r3', { table: 'text', rows: 700, seconds: 4 })]
    const markup = buildPlot([build('text', 700, 4)], earlier)?.markup
    expect(titles(markup)).toEqual(['r2: 500 rows in 3.0 s', 'this report: 700 rows in 4.0 s'])
    expect(markup?.match(/point hollow/g)).toHaveLength(1)
    expect(markup).toContain('hollow: of earlier reports')
  })

  it('is left out where nothing was built, or nothing that took time', () => {
    expect(buildPlot([], [])).toBeUndefined()
    expect(buildPlot([build('text', 0, 0)], [before('r1', { table: 'image', rows: 0, seconds: 1 })])).toBeUndefined()
  })
})
