import type { Reason } from './answer.ts'
import { fuse } from './fusion.ts'
import type { FoundRow, RouteResult } from './route-search.ts'

/** A row of the fused ranking, with one reason for each route that found it. */
export interface Candidate extends FoundRow {
  readonly reasons: readonly Reason[]
}

/** One ranking of everything that any route found: by reciprocal ranks where there are several, else as it is. */
export function rank(results: readonly RouteResult[]): Candidate[] {
  const found = new Map<string, { row: FoundRow; reasons: Reason[] }>()
  for (const { hits } of results) {
    for (const { row, reason } of hits) {
      const known = found.get(row.id)
      if (known) known.reasons.push(reason)
      else found.set(row.id, { row, reasons: [reason] })
    }
  }
  const ids =
    results.length === 1 ? [...found.keys()] : fuse(results.map(({ hits }) => ({ ids: hits.map(({ row }) => row.id) })))
  return ids.flatMap((id) => {
    const one = found.get(id)
    return one ? [{ ...one.row, reasons: one.reasons }] : []
  })
}
