import type { Filter } from '@promptloom/store/filter'

/** Rows that the user had forgotten and that the database may still hold. */
export interface ForgottenRows {
  readonly ids: ReadonlySet<string>
  /** Addresses: every row that has one is forgotten. */
  readonly urls: ReadonlySet<string>
  /** Source sites: every row of one is forgotten. */
  readonly sources: ReadonlySet<string>
}

/** The condition that no forgotten row meets; undefined where nothing is forgotten. */
export function withoutForgotten({ ids, urls, sources }: ForgottenRows): Filter | undefined {
  const any: Filter[] = []
  if (ids.size > 0) any.push({ column: 'id', is: 'in', value: [...ids] })
  if (urls.size > 0) any.push({ column: 'url', is: 'in', value: [...urls] })
  if (sources.size > 0) any.push({ column: 'source_site', is: 'in', value: [...sources] })
  return any.length > 0 ? { not: { any } } : undefined
}

/** Whether a row is forgotten. */
export function isForgotten(
  { id, url, source_site }: { readonly id: string; readonly url: string; readonly source_site: string },
  rows: ForgottenRows | undefined,
): boolean {
  return rows !== undefined && (rows.ids.has(id) || rows.urls.has(url) || rows.sources.has(source_site))
}
