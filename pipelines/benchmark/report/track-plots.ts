import { headline } from '../headline.ts'
import { DISTRIBUTION as SHARES } from '../latency.ts'
import type { Markup } from './markup.ts'
import { effort, ms, rate, recall } from './numbers.ts'
import { type Point, plot, type Series } from './plot.ts'
import type { Earlier, Report } from './report-schema.ts'
import type { CellReport, TrackReport } from './schema.ts'

/** Recall against p95 and against answers a second, and the distribution of latencies, of one track. */
export function trackPlots(track: TrackReport, target: number): Markup[] {
  const k = headline(track)?.k
  const plain = track.cells.filter((cell) => cell.k === k && cell.share === 1 && cell.withheld === null)
  const one = plain.filter(({ clients }) => clients === 1)
  const mark = { y: target, label: `target ${target}` }
  const y = { label: `recall@${k}` }
  const note = plain.some(({ load }) => load.noisy) ? { note: 'hollow: noisy' } : {}
  return [
    plot({
      title: 'Recall against p95, one client',
      x: { label: 'p95, ms', log: true },
      ...{ y, mark, ...note },
      series: families(one, (cell) => cell.latency?.p95 ?? cell.latency?.mean, track),
    }),
    plot({
      title: 'Recall against throughput, best number of clients',
      x: { label: 'answers a second', log: true },
      ...{ y, mark, ...note },
      series: families(best(plain), (cell) => cell.qps ?? undefined, track),
    }),
    distribution(one, track),
  ].filter((each) => each !== undefined)
}

/** How headline figures moved from report to report; undefined with fewer than two. */
export function driftPlots(report: Report): Markup[] {
  return report.tracks.flatMap((track) => {
    const now = headline(track)
    const history = report.earlier.flatMap((one) => {
      const point = one.points.find(({ track: name }) => name === track.name)
      return point ? [{ one, point }] : []
    })
    if (history.length === 0) return []
    const line = (
      of: (point: Earlier['points'][number]) => number | null,
      latest: number | null | undefined,
      format: (value: number) => string,
    ): Series[] => {
      const points = history.flatMap(({ one, point }, index) => {
        const value = of(point)
        return value === null ? [] : [dot(index, value, `${one.run}: ${format(value)}`, !one.comparable || one.noisy)]
      })
      const last =
        latest === null || latest === undefined
          ? []
          : [dot(history.length, latest, `this run: ${format(latest)}`, now?.load.noisy ?? false)]
      return [{ name: 'hollow: noisy, or not comparable', tone: 1, joined: true, points: [...points, ...last] }]
    }
    const x = {
      label: 'reports, oldest first',
      format: (value: number) => (Number.isInteger(value) ? String(value + 1) : ''),
    }
    return [
      plot({
        title: `${track.name}: p95 from report to report`,
        x,
        y: { label: 'p95, ms' },
        series: line(
          (point) => point.p95,
          now?.latency?.p95,
          (value) => `${ms(value)} ms`,
        ),
      }),
      plot({
        title: `${track.name}: recall from report to report`,
        x,
        y: { label: `recall@${now?.k}` },
        series: line((point) => point.recall, now?.recall?.mean, recall),
      }),
    ].filter((each) => each !== undefined)
  })
}

function dot(x: number, y: number, title: string, hollow: boolean): Point {
  return { x, y, title, hollow }
}

/** The index's efforts as a line, exact search and the default as single points. */
function families(
  cells: readonly CellReport[],
  at: (cell: CellReport) => number | undefined,
  track: TrackReport,
): Series[] {
  const points = (some: readonly CellReport[], labelled: boolean) =>
    some.flatMap((cell): Point[] => {
      const x = at(cell)
      if (x === undefined || !cell.recall) return []
      const name = effort(cell.effort, track.engine.effortName)
      const { mean, low, high } = cell.recall
      const clients = cell.clients > 1 ? `, ${cell.clients} clients` : ''
      const title = `${name}${clients}: recall ${recall(mean)}, p95 ${ms(cell.latency?.p95)} ms, ${rate(cell.qps)} answers/s${cell.load.noisy ? ', noisy' : ''}`
      return [
        { x, y: mean, low, high, title, hollow: cell.load.noisy, ...(labelled ? { label: String(cell.effort) } : {}) },
      ]
    })
  const indexed = cells.filter((cell) => typeof cell.effort === 'number')
  return [
    { name: `index, by ${track.engine.effortName}`, tone: 1, joined: true, points: points(indexed, true) },
    {
      name: 'exact',
      tone: 2,
      shape: 'square',
      points: points(
        cells.filter((cell) => cell.effort === 'exact'),
        false,
      ),
    },
    {
      name: 'default',
      tone: 3,
      shape: 'diamond',
      points: points(
        cells.filter((cell) => cell.effort === 'auto'),
        false,
      ),
    },
  ]
}

/** Of each effort, the number of clients with the most answers a second. */
function best(cells: readonly CellReport[]): CellReport[] {
  const top = new Map<CellReport['effort'], CellReport>()
  for (const cell of cells) {
    if ((cell.qps ?? 0) > (top.get(cell.effort)?.qps ?? 0)) top.set(cell.effort, cell)
  }
  return [...top.values()]
}

function distribution(cells: readonly CellReport[], track: TrackReport): Markup | undefined {
  const efforts = cells.filter(({ effort: one }) => typeof one === 'number')
  const middle = efforts[Math.floor((efforts.length - 1) / 2)]
  const shown = [cells.find((cell) => cell.effort === 'auto'), middle, cells.find((cell) => cell.effort === 'exact')]
  const series = shown.flatMap((cell, index): Series[] => {
    if (!cell?.latency) return []
    const points = cell.latency.distribution.map((x, place) => ({ x, y: SHARES[place] as number }))
    return [
      {
        name: effort(cell.effort, track.engine.effortName),
        tone: ([3, 1, 2] as const)[index] as 1 | 2 | 3,
        joined: true,
        bare: true,
        points,
      },
    ]
  })
  return plot({
    title: 'Distribution of latencies, one client',
    x: { label: 'ms', log: true },
    y: { label: 'share of answers no slower', domain: [0, 1], format: (value) => `${Math.round(value * 100)} %` },
    series,
  })
}
