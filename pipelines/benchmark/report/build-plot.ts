import type { Markup } from './markup.ts'
import { briefCount, count, duration } from './numbers.ts'
import { type Point, plot } from './plot.ts'
import type { Build, Earlier } from './report-schema.ts'

const TONES = { text: 1, image: 2 } as const

/**
 * How long index builds took for their rows, a series a table: those of this report filled, those of earlier ones
 * hollow. A build that is named by several reports is one point. Undefined where nothing was built.
 */
export function buildPlot(builds: readonly Build[], earlier: readonly Earlier[]): Markup | undefined {
  const series = (['text', 'image'] as const).map((table) => {
    const now = builds.filter((one) => one.table === table && one.rows > 0 && one.seconds > 0)
    const points = new Map<string, Point>()
    const add = (one: { rows: number; seconds: number }, run: string, hollow: boolean) => {
      const title = `${run}: ${count(one.rows)} rows in ${duration(one.seconds)}`
      points.set(`${one.rows} ${one.seconds}`, { x: one.rows, y: one.seconds, title, hollow })
    }
    for (const { run, builds: old } of earlier) {
      for (const one of old) if (one.table === table && one.rows > 0 && one.seconds > 0) add(one, run, true)
    }
    for (const one of now) add(one, 'this report', false)
    return { name: table, tone: TONES[table], points: [...points.values()] }
  })
  return plot({
    title: 'Index builds: time against rows',
    x: { label: 'rows', log: true, format: briefCount },
    y: { label: 'seconds', log: true },
    series,
    ...(earlier.some(({ builds: old }) => old.length > 0) ? { note: 'hollow: of earlier reports' } : {}),
  })
}
