import type { Reason } from './answer.ts'
import { COPY_SIMILARITY } from './folding.ts'
import { fuse } from './fusion.ts'
import type { FoundRow, RouteResult } from './route-search.ts'

/** A row of the fused ranking, with one reason for each route that found it. */
export interface Candidate extends FoundRow {
  readonly reasons: readonly Reason[]
}

/** What the least telling route still counts. */
const LEAST_WEIGHT = 0.2

/** Distance up to which a row is the very thing that was asked with, packed anew perhaps. */
const SAME = 1 - COPY_SIMILARITY

/**
 * One ranking of everything that any route found: by reciprocal ranks where there are several routes, else as it is.
 * Rows that are the very thing asked with come first: by ranks alone, a row that two routes find middling would pass
 * one that is found at distance 0.
 */
export function rank(results: readonly RouteResult[]): Candidate[] {
  const found = new Map<string, { row: FoundRow; reasons: Reason[] }>()
  for (const { hits } of results) {
    for (const { row, reason } of hits) {
      const known = found.get(row.id)
      if (known) known.reasons.push(reason)
      else found.set(row.id, { row, reasons: [reason] })
    }
  }
  const candidates = order(results, [...found.keys()]).flatMap((id) => {
    const one = found.get(id)
    return one ? [{ ...one.row, reasons: one.reasons }] : []
  })
  if (results.length === 1) return candidates
  const same = candidates.filter((one) => nearest(one) <= SAME).sort((a, b) => nearest(a) - nearest(b))
  return [...same, ...candidates.filter((one) => nearest(one) > SAME)]
}

function order(results: readonly RouteResult[], found: readonly string[]): readonly string[] {
  if (results.length === 1) return found
  return fuse(results.map((result) => ({ ids: result.hits.map(({ row }) => row.id), weight: weightOf(result) })))
}

/** A route in which the model hardly tells right from wrong, by the collection's calibration, has less to say. */
function weightOf({ cutoff }: RouteResult): number {
  const separations = cutoff.terms.flatMap(({ calibrated }) => calibrated?.separation ?? [])
  return separations.length > 0 ? Math.max(LEAST_WEIGHT, ...separations) : 1
}

function nearest({ reasons }: Candidate): number {
  return Math.min(...reasons.map(({ distance = 2, route }) => (route === 'keywords' ? 2 : distance)))
}
