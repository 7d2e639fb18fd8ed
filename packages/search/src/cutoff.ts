import type { Route } from './answer.ts'
import type { Calibration } from './calibration.ts'
import type { TermVector } from './combination.ts'

/** Share of rows by which a table may have grown or shrunk before its calibration counts as stale. */
const STALE_SHARE = 0.2

/** The least score of a route's hits, and where it comes from. */
export interface RouteCutoff {
  /** Undefined where nothing is known: nothing is cut off. */
  readonly score: number | undefined
  readonly falseAcceptRate: number | undefined
  readonly missRate: number | undefined
  readonly stale: boolean
}

const UNKNOWN: RouteCutoff = { score: undefined, falseAcceptRate: undefined, missRate: undefined, stale: false }

/**
 * The cut-off for questions of these terms to one table. A question of words and pictures gets what lies between the
 * cut-offs of either kind, by weight.
 */
export function routeCutoff(
  calibration: Calibration | undefined,
  terms: readonly TermVector[],
  target: { readonly find: 'prompts' | 'pictures'; readonly rows: number },
): RouteCutoff {
  const parts = terms.flatMap(({ modality, weight }) => {
    const route: Route = `${modality}→${target.find}`
    const found = calibration?.routes.find((one) => one.route === route)
    return weight > 0 ? [{ found, weight }] : []
  })
  if (parts.length === 0 || parts.some(({ found }) => !found)) return UNKNOWN
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  const mean = (key: 'score' | 'falseAcceptRate' | 'missRate') =>
    parts.reduce((sum, { found, weight }) => sum + (weight / total) * (found?.[key] ?? 0), 0)
  const stale = parts.some(({ found }) => Math.abs(target.rows - (found?.rows ?? 0)) > STALE_SHARE * (found?.rows ?? 0))
  return { score: mean('score'), falseAcceptRate: mean('falseAcceptRate'), missRate: mean('missRate'), stale }
}
