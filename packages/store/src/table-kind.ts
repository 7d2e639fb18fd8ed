/** The two collections of vectors: prompts, and pictures. */
export type TableKind = 'text' | 'image'

/** Columns of a table as the embed stage's Parquet files hold them, in order, and the one with the vector. */
export interface TableShape {
  readonly kind: TableKind
  readonly columns: readonly string[]
  readonly vector: string
}

/**
 * Rows of a granule: what is read at least to look at one vector. Ranking 40 candidates anew takes 0.5 ms less at 16
 * than at 32; a scan of all rows is as fast; ten million rows have 625,000 granules of which each is a few bytes.
 */
export const GRANULE_ROWS = 16

const ROW = ['id', 'prompt', 'url', 'width', 'height', 'source_site', 'origin', 'parents', 'model']

/** The shape of each kind of table. */
export const shapes: Readonly<Record<TableKind, TableShape>> = {
  text: { kind: 'text', columns: [...ROW, 'truncated', 'prompt_vector'], vector: 'prompt_vector' },
  image: { kind: 'image', columns: [...ROW, 'sha256', 'duplicate_of', 'image_vector'], vector: 'image_vector' },
}

/** ClickHouse types of all columns that a Parquet file brings. */
export const columnTypes: Readonly<Record<string, string>> = {
  id: 'String',
  prompt: 'String',
  url: 'String',
  width: 'UInt64',
  height: 'UInt64',
  source_site: 'String',
  origin: 'String',
  parents: 'Array(String)',
  model: 'String',
  truncated: 'Bool',
  prompt_vector: 'Array(Float32)',
  sha256: 'String',
  duplicate_of: 'String',
  image_vector: 'Array(Float32)',
}

/** `name type, …` of the columns, as `input()` and `file()` take it. */
export function structure(columns: readonly string[]): string {
  return columns.map((name) => `${name} ${columnTypes[name]}`).join(', ')
}
