import type { SearchRequest } from './search.ts'

/** How to search a table when a question doesn't say: what a benchmark has found to be the cheapest at its recall. */
export interface SearchPreference {
  readonly mode: 'exact' | 'indexed'
  /** For `indexed`: the index's measure of effort. */
  readonly effort?: number
  /** Rows that it was measured on; a table that has grown to twice as many is searched by the store's own rule again. */
  readonly rows: number
}

/** Growth of the table, as a factor, up to which a measurement still holds. */
const HOLDS = 2

/**
 * The request with the preference filled in where it says neither mode nor effort. An index that is gone is no error:
 * the search then is an exact one, as without a preference.
 */
export function preferred(
  request: SearchRequest,
  preference: SearchPreference | undefined,
  rows: number,
): SearchRequest {
  const open = (request.mode === undefined || request.mode === 'auto') && request.effort === undefined
  if (!open || !preference || rows > preference.rows * HOLDS) return request
  if (preference.mode === 'exact') return { ...request, mode: 'exact' }
  return preference.effort === undefined ? request : { ...request, effort: preference.effort }
}
