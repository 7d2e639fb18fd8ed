import type { TableRow } from './table-rows.ts'
import type { TableSchema } from './table-schema.ts'

/**
 * Columns of `<shard>.parquet` of the pictures: one row for every row that came in, in its order. Nothing here
 * depends on when or how often a picture was fetched. Text is empty and numbers are 0 where nothing is known.
 */
export const PICTURE_SCHEMA = {
  /** Id of the prompt row. */
  id: 'string',
  /** How the row ended; `ok` and `duplicate` rows have a picture. */
  outcome: 'string',
  /** HTTP status of the last answer. */
  status: 'uint32',
  /** SHA-256 of the original's bytes, lower-case hex. */
  sha256: 'string',
  /** 64-bit perceptual hash (DCT) of the picture as it is seen, 16 hex digits; similar pictures differ in few bits. */
  phash: 'string',
  /** The original: `jpeg`, `png`, `webp` or `gif`, by its bytes; its pixels before any rotation, and its size in bytes. */
  format: 'string',
  width: 'uint32',
  height: 'uint32',
  bytes: 'uint32',
  /** EXIF orientation of the original, 1–8; 0 where it has none. What is stored is upright already. */
  orientation: 'uint8',
  /** Frames of an animation; the first is stored. 1 for a still picture. */
  frames: 'uint32',
  alpha: 'boolean',
  /** Colour space (`srgb`, `cmyk`, `b-w`, `rgb16`, …) and whether an ICC profile was embedded. */
  space: 'string',
  icc: 'boolean',
  /** For duplicates: id of the earlier row of this shard that has the same bytes. */
  duplicate_of: 'string',
  /** What lies in `<shard>.tar`: format, pixels, and the place of its bytes; duplicates point to the first one's. */
  stored_format: 'string',
  stored_width: 'uint32',
  stored_height: 'uint32',
  offset: 'float64',
  length: 'uint32',
} as const satisfies TableSchema

/** What is kept of one row. */
export type PictureRow = TableRow<typeof PICTURE_SCHEMA>

/** A row of which nothing is known but its id and outcome. */
export function emptyPictureRow(id: string, outcome: string): PictureRow {
  return {
    id,
    outcome,
    status: 0,
    sha256: '',
    phash: '',
    format: '',
    width: 0,
    height: 0,
    bytes: 0,
    orientation: 0,
    frames: 0,
    alpha: false,
    space: '',
    icc: false,
    duplicate_of: '',
    stored_format: '',
    stored_width: 0,
    stored_height: 0,
    offset: 0,
    length: 0,
  }
}
