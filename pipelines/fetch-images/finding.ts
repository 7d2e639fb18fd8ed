import type { PictureRow } from '@promptloom/dataset/picture-table'
import type { TableRow } from '@promptloom/dataset/table-rows'
import type { TableSchema } from '@promptloom/dataset/table-schema'

/**
 * Columns of `<shard>.fetches.parquet`: what was observed while a row's picture was fetched. It differs from one
 * fetch to the next, which is why it lies beside the pictures' table and no later stage reads it.
 */
export const FETCH_SCHEMA = {
  /** Id of the prompt row. */
  id: 'string',
  /** When the row's outcome was known: ISO 8601, UTC, milliseconds. */
  fetched_at: 'string',
  /** Address that answered, after redirects; empty where none did. */
  final_url: 'string',
  /** Tries of the URL that brought the answer; 0 where nothing was sent or none brought one. */
  attempts: 'uint32',
  /** The header or rule by which the picture opts out, word for word. */
  opt_out: 'string',
  /** The reason in words, for outcomes other than `ok`. */
  detail: 'string',
} as const satisfies TableSchema

/** What was observed of one fetch. */
export type FetchFacts = TableRow<typeof FETCH_SCHEMA>

/** All that is known of a row once it is done; the picture's bytes are kept apart, its place is not decided yet. */
export interface Finding {
  readonly row: PictureRow
  readonly fetch: FetchFacts
}

/** Longest reason that is kept, in characters. */
const DETAIL_LENGTH = 300

/** The facts of a fetch that ended now. */
export function fetchFacts(id: string, known: Partial<Omit<FetchFacts, 'id' | 'fetched_at'>>): FetchFacts {
  return {
    id,
    fetched_at: new Date().toISOString(),
    final_url: known.final_url ?? '',
    attempts: known.attempts ?? 0,
    opt_out: known.opt_out ?? '',
    detail: (known.detail ?? '').slice(0, DETAIL_LENGTH),
  }
}
