import { BASE_K } from './cell.ts'
import type { CellReport, ChoiceReport, TrackReport } from './report/schema.ts'

/** Exact search is preferred while its p95 is at most so many times the index's. */
const AS_FAST = 1.1

/**
 * The cheapest setting of a table that reaches the target recall: among those measured with one client and no filter
 * at k 10 whose recall is at least the target, the one with the lowest p95 (mean where there are too few questions);
 * exact search where it is as fast, or where nothing else reaches the target. Undefined when nothing was measured.
 */
export function chooseSetting(track: TrackReport, target: number): ChoiceReport | undefined {
  const base = track.cells.filter(({ clients, share, withheld }) => clients === 1 && share === 1 && withheld === null)
  const k = base.map((cell) => cell.k).sort((a, b) => Math.abs(a - BASE_K) - Math.abs(b - BASE_K))[0]
  const cells = base.filter((cell) => cell.k === k && cell.effort !== 'auto')
  const exact = cells.find(({ effort }) => effort === 'exact')
  const indexed = cells.filter(({ effort }) => effort !== 'exact')
  const reaching = indexed.filter(({ recall }) => (recall?.mean ?? 0) >= target).sort((a, b) => cost(a) - cost(b))
  const [best] = reaching
  if (best && exact && cost(exact) <= cost(best) * AS_FAST) {
    return chosen(
      track,
      exact,
      `exact search is as fast: ${times(exact)} against ${times(best)} with ${effortOf(best)}`,
    )
  }
  if (best) {
    const others = reaching.length > 1 ? `, the cheapest of ${reaching.length} settings that do` : ''
    const versus = exact ? `; exact search takes ${times(exact)}` : ''
    return chosen(track, best, `reaches the target recall of ${target}${others}: ${times(best)}${versus}`)
  }
  if (!exact) return undefined
  if (indexed.length === 0) return chosen(track, exact, `no setting of an index could be measured and proven`)
  const top = [...indexed].sort((a, b) => (b.recall?.mean ?? 0) - (a.recall?.mean ?? 0))[0] as CellReport
  return chosen(
    track,
    exact,
    `no setting of the index reaches ${target}; the best, ${effortOf(top)}, has ${top.recall?.mean.toFixed(4)} at ${times(top)}`,
  )
}

function chosen(track: TrackReport, cell: CellReport, reason: string): ChoiceReport {
  const { recall, latency } = cell
  return {
    table: track.to,
    track: track.name,
    mode: cell.effort === 'exact' ? 'exact' : 'indexed',
    effort: typeof cell.effort === 'number' ? cell.effort : null,
    k: cell.k,
    recall: recall?.mean ?? 0,
    recallLow: recall?.low ?? 0,
    p50: latency?.p50 ?? 0,
    p95: latency?.p95 ?? null,
    rows: track.rows,
    collection: track.collection,
    noisy: cell.load.noisy,
    reason,
  }
}

function cost({ latency }: CellReport): number {
  return latency?.p95 ?? latency?.mean ?? Number.POSITIVE_INFINITY
}

function times({ latency }: CellReport): string {
  if (!latency) return 'not timed'
  return latency.p95 === null ? `mean ${latency.mean.toFixed(1)} ms` : `p95 ${latency.p95.toFixed(1)} ms`
}

function effortOf({ effort }: CellReport): string {
  return `effort ${effort}`
}
