import type { Database } from './database.ts'

/** What the other end is and knows: asked once, so that no statement carries a setting that it would refuse. */
export interface Capabilities {
  readonly version: string
  /** Query settings that matter here and exist there, with their values. */
  readonly settings: ReadonlyMap<string, string>
  /** MergeTree settings that matter here and exist there. */
  readonly tableSettings: ReadonlyMap<string, string>
  /** True on MyScale: it has its own system tables of vector indexes. */
  readonly vectorTables: boolean
}

/** Asks by plain SELECTs on system tables; nothing is created and no privilege beyond reading is needed. */
export async function probe(database: Database): Promise<Capabilities> {
  const [facts] = await database.rows<{ version: string; tables: string | number }>(
    `SELECT version() AS version, (
       SELECT count() FROM system.tables
       WHERE database = 'system' AND name IN ('vector_indices', 'vector_index_segments')) AS tables`,
  )
  type Setting = { name: string; value: string }
  const settings = await database.rows<Setting>(
    `SELECT name, value FROM system.settings
     WHERE name LIKE '%vector%' OR name LIKE 'hnsw%' OR name LIKE '%skip_index%' OR name LIKE 'lightweight%' OR name LIKE '%full_text_index'
       OR name IN ('max_search_result_window', 'two_stage_search_option', 'hybrid_search_fusion_weight', 'insert_distributed_sync')`,
  )
  const tableSettings = await database.rows<Setting>(
    `SELECT name, value FROM system.merge_tree_settings
     WHERE name LIKE '%vector%' OR name LIKE '%mstg%' OR name LIKE '%skip_index%' OR name LIKE '%wide_part%'
       OR name LIKE '%deduplication_window' OR name LIKE 'max_bytes_to_merge%'`,
  )
  return {
    version: facts?.version ?? 'unknown',
    settings: new Map(settings.map(({ name, value }) => [name, value])),
    tableSettings: new Map(tableSettings.map(({ name, value }) => [name, value])),
    vectorTables: Number(facts?.tables ?? 0) === 2,
  }
}

/** Those of the settings that the other end knows. */
export function known<V>(settings: Readonly<Record<string, V>>, there: ReadonlyMap<string, string>): Record<string, V> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => there.has(name)))
}
