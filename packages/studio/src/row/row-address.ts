import { addressOf } from '../question/link.ts'
import type { Query } from '../question/query.ts'

/** Address of a row; the question stays in it, so that closing the row leads back to the answer. */
export function rowAddress(id: string, query: Query): string {
  return addressOf(query, `/row/${encodeURIComponent(id)}`)
}

/** Id of the row that a path names; undefined where it names none. */
export function rowIdOf(path: string): string | undefined {
  const [, encoded] = /^\/row\/([^/]+)$/.exec(path) ?? []
  if (encoded === undefined) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
