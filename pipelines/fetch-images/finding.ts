import type { PictureRow } from '@promptloom/dataset/picture-table'
import type { FetchFacts } from './fetch-log.ts'

/** All that is known of a row once it is done; the picture's bytes are kept apart, its place is not decided yet. */
export interface Finding {
  readonly row: PictureRow
  readonly fetch: FetchFacts
}
