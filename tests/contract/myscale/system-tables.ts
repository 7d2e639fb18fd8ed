import type { IndexRegistry, PartState, RegisteredIndex } from './index-registry.ts'
import { OWN_SETTINGS, ownTableSettings, type Profile, TEXT_SEARCH_SETTINGS, TOO_NEW } from './profile.ts'

/** Statements that are being run for others, by query id. */
export type Running = ReadonlyMap<string, string>

/** What a server of that profile would answer from, in place of chDB's own system tables and version. */
export async function withSystemTables(
  sql: string,
  { registry, profile, running }: { registry: IndexRegistry; profile: Profile; running: Running },
): Promise<string> {
  let text = sql.replace(/\bversion\(\)/g, `'${profile.version}'`)
  if (/\bsystem\.vector_ind/.test(text)) {
    const states = await indexStates(registry)
    text = text
      .replace(/\bsystem\.vector_indices\b/g, table(INDICES, states.map(indexRow)))
      .replace(/\bsystem\.vector_index_segments\b/g, table(SEGMENTS, states.flatMap(segmentRows)))
  }
  if (/\bsystem\.data_skipping_indices\b/.test(text)) {
    const rows = (await registry.allTexts()).map((one) => tuple(...one, 'fts'))
    text = text.replace(/\bsystem\.data_skipping_indices\b/g, table(SKIPPING, rows))
  }
  return text
    .replace(/\bsystem\.tables\b/g, TABLES)
    .replace(
      /\bsystem\.settings\b/g,
      settings('settings', { ...OWN_SETTINGS, ...(profile.textSearch ? TEXT_SEARCH_SETTINGS : {}) }),
    )
    .replace(/\bsystem\.merge_tree_settings\b/g, settings('merge_tree_settings', ownTableSettings(profile)))
    .replace(
      /\bsystem\.processes\b/g,
      table(
        'query_id String, query String',
        [...running].map(([id, query]) => tuple(id, query)),
      ),
    )
}

/** chDB's own tables, and the two that only MyScale has. */
const TABLES = `(SELECT * FROM system.tables UNION ALL
  SELECT * REPLACE (arrayJoin(['vector_indices', 'vector_index_segments']) AS name)
  FROM (SELECT * FROM system.tables WHERE database = 'system' AND name = 'one'))`

const INDICES =
  'database String, table String, name String, type String, expr String, total_parts Int64, parts_with_vector_index Int64, small_parts Int64, status String, host_name String, latest_failed_part String, latest_fail_reason String'
const SEGMENTS =
  'database String, table String, part String, owner_part String, owner_part_id Int32, name String, type String, status String, total_vectors UInt64, memory_usage_bytes UInt64, disk_usage_bytes UInt64, progress UInt8, elapsed UInt64, error String'

/** Those of text alone: what else the double keeps there is not MyScale's. */
const SKIPPING = 'database String, table String, name String, type String'

interface IndexState {
  readonly index: RegisteredIndex
  readonly parts: readonly PartState[]
  readonly failure: string
  readonly flipped: boolean
}

async function indexStates(registry: IndexRegistry): Promise<IndexState[]> {
  const { fault } = registry
  const passing = fault && fault.looks !== undefined && fault.looks-- <= 0 ? undefined : fault
  if (fault && !passing) registry.fault = undefined
  if (passing?.kind === 'hidden') return []
  const states: IndexState[] = []
  for (const index of await registry.all()) {
    const failure = passing?.kind === 'error' ? (passing.reason ?? 'unknown') : ''
    states.push({ index, parts: await registry.parts(index), failure, flipped: passing?.kind === 'flip' })
  }
  return states
}

function indexRow({ index, parts, failure, flipped }: IndexState): string {
  const built = parts.filter((part) => part.built).length - (flipped ? 1 : 0)
  // As the server counts: a table without parts is Built.
  const status = built === parts.length ? 'Built' : failure ? 'Error' : 'InProgress'
  const { database, table, name, type, expr } = index
  const failed = failure ? (parts[0]?.part ?? '') : ''
  return tuple(
    database,
    table,
    name,
    type,
    expr,
    parts.length,
    Math.max(0, built),
    0,
    status,
    'double',
    failed,
    failure,
  )
}

function segmentRows({ index, parts, failure }: IndexState): string[] {
  const { database, table, name, type } = index
  return parts.map(({ part, rows, built }) => {
    const status = built ? 'BUILT' : failure ? 'ERROR' : 'BUILDING'
    return tuple(database, table, part, part, 0, name, type, status, rows, 0, 0, built ? 100 : 0, 0, failure)
  })
}

function table(structure: string, rows: readonly string[]): string {
  if (rows.length > 0) return `values('${structure}', ${rows.join(', ')})`
  const columns = structure.split(', ').map((column) => {
    const [name, type] = column.split(' ')
    return `defaultValueOfTypeName('${type}') AS ${name}`
  })
  return `(SELECT ${columns.join(', ')} WHERE 0)`
}

function settings(name: string, own: Readonly<Record<string, string>>): string {
  const rows = Object.entries(own).map(([key, value]) => tuple(key, value))
  return `(SELECT name, value FROM system.${name} WHERE NOT match(name, '${TOO_NEW.source}')
    UNION ALL SELECT * FROM ${table('name String, value String', rows)})`
}

function tuple(...values: readonly (string | number)[]): string {
  return `(${values.map((value) => (typeof value === 'number' ? value : `'${value.replace(/[\\']/g, '\\$&')}'`)).join(', ')})`
}
