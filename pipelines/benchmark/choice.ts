import { BASE_K } from './cell.ts'
import type { CellReport, ChoiceReport, TrackReport } from './report/schema.ts'

/** Costs that differ by at most this factor are the same: of such settings the one with the least work is taken. */
const AS_FAST = 1.1

/**
 * The cheapest setting of a table that reaches the target recall: among those measured with one client and no filter
 * at k 10 whose recall is at least the target, the one with the lowest p95 (mean where there are too few questions;
 * median where the machine was noisy, whose p95 is other programs' doing), and of those as fast the lowest effort, so
 * that the choice does not change from night to night. Exact search where it is as fast, or where nothing else reaches
 * the target. Undefined when nothing was measured.
 *
 * @param harder other tracks that search the same table, out of its distribution; the reason names their recall by the
 * chosen setting where it misses the target.
 */
export function chooseSetting(
  track: TrackReport,
  target: number,
  harder: readonly TrackReport[] = [],
): ChoiceReport | undefined {
  const cells = plainCells(track).filter((cell) => cell.effort !== 'auto')
  const price = pricing(cells)
  const exact = cells.find(({ effort }) => effort === 'exact')
  const indexed = cells.filter(({ effort }) => effort !== 'exact')
  const reaching = indexed.filter(({ recall }) => (recall?.mean ?? 0) >= target)
  const best = leastWork(reaching, price)
  const chosen = (cell: CellReport, reason: string) =>
    choiceOf(track, cell, `${reason}${price.note}${misses(cell, target, harder)}`)
  if (best && exact && price.cost(exact) <= price.cost(best) * AS_FAST) {
    return chosen(
      exact,
      `exact search is as fast: ${price.said(exact)} against ${price.said(best)} with ${effortOf(best)}`,
    )
  }
  if (best) {
    const others = reaching.length > 1 ? `, the cheapest of ${reaching.length} settings that do` : ''
    const versus = exact ? `; exact search takes ${price.said(exact)}` : ''
    return chosen(best, `reaches the target recall of ${target}${others}: ${price.said(best)}${versus}`)
  }
  if (!exact) return undefined
  if (indexed.length === 0) return chosen(exact, `no setting of an index could be measured and proven`)
  const top = [...indexed].sort((a, b) => (b.recall?.mean ?? 0) - (a.recall?.mean ?? 0))[0] as CellReport
  return chosen(
    exact,
    `no setting of the index reaches ${target}; the best, ${effortOf(top)}, has ${top.recall?.mean.toFixed(4)} at ${price.said(top)}`,
  )
}

/** Proven settings with one client and no filter, at the length of answers that is nearest to 10. */
function plainCells({ cells }: TrackReport): CellReport[] {
  const base = cells.filter(({ clients, share, withheld }) => clients === 1 && share === 1 && withheld === null)
  const k = base.map((cell) => cell.k).sort((a, b) => Math.abs(a - BASE_K) - Math.abs(b - BASE_K))[0]
  return base.filter((cell) => cell.k === k)
}

interface Pricing {
  cost(cell: CellReport): number
  said(cell: CellReport): string
  /** What the reason has to add. */
  readonly note: string
}

/** One measure for all settings: two different percentiles cannot be compared. */
function pricing(cells: readonly CellReport[]): Pricing {
  const noisy = cells.some(({ load }) => load.noisy)
  const known = cells.every(({ latency }) => latency === null || latency.p95 !== null)
  const name = noisy ? 'p50' : known ? 'p95' : 'mean'
  const cost = ({ latency }: CellReport) => latency?.[name] ?? Number.POSITIVE_INFINITY
  return {
    cost,
    said: (cell) =>
      cell.latency ? `${name === 'mean' ? 'a mean of' : name} ${cost(cell).toFixed(1)} ms` : 'not timed',
    note: noisy ? '; by medians, because the machine was noisy' : '',
  }
}

function leastWork(cells: readonly CellReport[], { cost }: Pricing): CellReport | undefined {
  const lowest = Math.min(...cells.map(cost))
  return cells.filter((cell) => cost(cell) <= lowest * AS_FAST).sort((a, b) => Number(a.effort) - Number(b.effort))[0]
}

function misses({ effort, k }: CellReport, target: number, harder: readonly TrackReport[]): string {
  return harder
    .flatMap((track) => {
      const mean = plainCells(track).find((cell) => cell.effort === effort && cell.k === k)?.recall?.mean
      return mean !== undefined && mean < target ? [`; ${track.name} has only ${mean.toFixed(4)} by it`] : []
    })
    .join('')
}

function choiceOf(track: TrackReport, cell: CellReport, reason: string): ChoiceReport {
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

function effortOf({ effort }: CellReport): string {
  return `effort ${effort}`
}
