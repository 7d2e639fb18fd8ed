import { join } from 'node:path'
import { PROMPT_SCHEMA, promptRows } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { readTable } from '@promptloom/dataset/table-reader'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import type { FileRef } from '@promptloom/runner/stage'

/** Stages whose shards are tables of prompt rows, in the order of the pipeline. */
const ROW_STAGES = ['download', 'feedback'] as const

/** One committed table of prompt rows. */
export interface RowTable {
  readonly stage: (typeof ROW_STAGES)[number]
  readonly shard: string
  readonly path: string
  readonly file: FileRef
}

/** The committed tables of prompt rows of a workspace, in the order of the collection; needs no lock and no database. */
export async function rowTables(workspace: string): Promise<readonly RowTable[]> {
  const tables: RowTable[] = []
  for (const stage of ROW_STAGES) {
    for (const { shard, files } of await new CheckpointFolder(workspace, stage).list()) {
      const file = files.find(({ name }) => name === `${shard}.parquet`)
      if (file) tables.push({ stage, shard, file, path: join(workspace, stage, file.name) })
    }
  }
  return tables
}

const NAMING = { id: 'string', url: 'string', source_site: 'string', parents: 'strings' } as const

/** What a row is known by, and where it is. */
export interface NamedRow extends Pick<PromptRow, 'id' | 'url' | 'source_site' | 'parents'> {
  readonly table: RowTable
}

/** Shows every row of a workspace to `visit`, one table in memory at a time: about a second for 400,000 rows. */
export async function visitRows(
  workspace: string,
  visit: (row: NamedRow) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const table of await rowTables(workspace)) {
    signal?.throwIfAborted()
    const { columns, rows } = await readTable(table.path, NAMING)
    for (let at = 0; at < rows; at++) {
      const [id, url] = [columns.id[at] as string, columns.url[at] as string]
      const [source_site, parents] = [columns.source_site[at] as string, columns.parents[at] as readonly string[]]
      visit({ id, url, source_site, parents, table })
    }
  }
}

/** The rows with these ids, by id; ids of no row are left out. Only tables that hold one are read in full. */
export async function rowsWithIds(workspace: string, ids: ReadonlySet<string>): Promise<Map<string, PromptRow>> {
  const found = new Map<string, PromptRow>()
  for (const { path } of ids.size > 0 ? await rowTables(workspace) : []) {
    if (found.size === ids.size) break
    const { columns } = await readTable(path, { id: 'string' })
    if (!columns.id.some((id) => ids.has(id))) continue
    for (const row of promptRows((await readTable(path, PROMPT_SCHEMA)).columns)) {
      if (ids.has(row.id) && !found.has(row.id)) found.set(row.id, row)
    }
  }
  return found
}
