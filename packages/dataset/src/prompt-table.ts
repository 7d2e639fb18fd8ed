import type { Origin, PromptRow } from './row.ts'
import type { Columns, TableSchema } from './table-schema.ts'

/** Columns of a table of `PromptRow`s, in order: the contract between `download` (and `feedback`) and later stages. */
export const PROMPT_SCHEMA = {
  id: 'string',
  prompt: 'string',
  url: 'string',
  width: 'uint32',
  height: 'uint32',
  source_site: 'string',
  origin: 'string',
  parents: 'strings',
} as const satisfies TableSchema

/** The values of prompt rows by column. */
export type PromptColumns = Columns<typeof PROMPT_SCHEMA>

/** Turns rows into columns. */
export function promptColumns(rows: readonly PromptRow[]): PromptColumns {
  return {
    id: rows.map((row) => row.id),
    prompt: rows.map((row) => row.prompt),
    url: rows.map((row) => row.url),
    width: Uint32Array.from(rows, (row) => row.width),
    height: Uint32Array.from(rows, (row) => row.height),
    source_site: rows.map((row) => row.source_site),
    origin: rows.map((row) => row.origin),
    parents: rows.map((row) => row.parents),
  }
}

/** Turns columns back into rows. */
export function promptRows(columns: PromptColumns): PromptRow[] {
  return columns.id.map((id, row) => ({
    id,
    prompt: columns.prompt[row] as string,
    url: columns.url[row] as string,
    width: columns.width[row] as number,
    height: columns.height[row] as number,
    source_site: columns.source_site[row] as string,
    origin: columns.origin[row] as Origin,
    parents: columns.parents[row] as readonly string[],
  }))
}
