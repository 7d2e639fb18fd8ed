import { setTimeout as sleep } from 'node:timers/promises'
import { type Capabilities, known } from './capabilities.ts'
import { hnswStatement, vectorLiteral } from './hnsw-statement.ts'
import { mergeToOnePart, merging } from './one-part.ts'
import { StoreStateError } from './store-error.ts'
import type { TableShape } from './table-kind.ts'
import type {
  BuildOptions,
  BuildReport,
  HnswParameters,
  IndexedPart,
  IndexedStatement,
  IndexedTable,
  IndexQuestion,
  IndexState,
  VectorIndex,
} from './vector-index.ts'

/**
 * Chosen from measurements (see pipelines/build-index/README.md): one byte a component halves memory and build time,
 * and ranking the candidates anew by the table's float32 vectors wins back what that loses in recall.
 */
export const DEFAULT_HNSW: HnswParameters = { quantization: 'i8', connections: 24, candidates: 96 }

/** Graphs by name. `fast` takes about two thirds of the time to build, and finds up to a hundredth less at the same effort. */
export const GRAPHS = {
  default: DEFAULT_HNSW,
  fast: { quantization: 'i8', connections: 16, candidates: 64 },
} as const satisfies Readonly<Record<string, HnswParameters>>

/** Graphs are asked one after the other: more of them than this, and merging pays. */
const MOST_PARTS = 8
/** Share of rows outside the largest indexed part from which a rebuild pays. */
const LOOSE_SHARE = 0.3

/** Candidates that are asked for in turn; without a filter only deleted rows shorten an answer. */
const WINDOWS = [1000, 3000, 10_000]
/** Candidates for each row wanted, at most: what the engine takes as `vector_search_index_fetch_multiplier`. */
const MOST_WIDENING = 1000

/** ClickHouse's `vector_similarity` index (HNSW by usearch): on a server, and on the embedded engine. */
export class HnswIndex implements VectorIndex {
  readonly type = 'HNSW'
  readonly effort = { name: 'ef', least: 16, most: 1024 }
  readonly filtersFirst = false
  readonly searchSettings: IndexedStatement['settings']
  readonly #capabilities: Capabilities

  /** `searchSettings` go with every search; none by default. */
  constructor(capabilities: Capabilities, searchSettings: IndexedStatement['settings'] = {}) {
    this.#capabilities = capabilities
    this.searchSettings = searchSettings
  }

  /** 256 up to 100,000 rows; twice as much at 900,000, where 256 finds 97.6 % of power-law vectors and 512 99.1 %. */
  defaultEffort(rows: number): number {
    const wanted = 256 * Math.max(1, rows / 100_000) ** 0.315
    return Math.min(this.effort.most, Math.round(wanted / 16) * 16)
  }

  widenings(k: number, filtered: boolean): readonly number[] {
    const first = filtered ? 10 : 4
    // Which of them pays is decided by `indexServes`, from how many rows a filter leaves.
    const windows = filtered ? WINDOWS : WINDOWS.slice(0, 1)
    const wider = windows.map((candidates) => Math.min(MOST_WIDENING, Math.floor(candidates / k)))
    return [first, ...wider].filter(
      (one, at, all) => one >= 1 && one * k <= (windows.at(-1) as number) && all.indexOf(one) === at,
    )
  }

  insertSettings(shape: TableShape) {
    const { settings } = this.#capabilities
    const one = { exclude_materialize_skip_indexes_on_insert: indexName({ shape }) }
    return settings.has('exclude_materialize_skip_indexes_on_insert')
      ? one
      : known({ materialize_skip_indexes_on_insert: 0 }, settings)
  }

  async state(table: IndexedTable): Promise<IndexState> {
    const definition = await indexDefinition(table)
    const { parts, bytes } = await indexedParts(table, definition)
    const rows = sum(parts)
    const indexed = parts.filter((part) => part.indexed)
    const counts = { rows, indexedRows: sum(indexed), parts: parts.length, indexedParts: indexed.length, bytes }
    if (definition === undefined) return { status: 'none', ...counts }
    const mutation = await unfinishedBuild(table)
    if (mutation?.failure) return { status: 'failed', ...counts, definition, failure: mutation.failure }
    if (mutation) return { status: 'building', ...counts, definition }
    if (indexed.length === parts.length) return { status: 'built', ...counts, definition }
    return { status: indexed.length === 0 ? 'none' : 'partial', ...counts, definition }
  }

  async build(table: IndexedTable, options: BuildOptions): Promise<BuildReport> {
    await this.#quieten(table)
    // A build that an earlier process started goes on by itself when the store opens again.
    if (await unfinishedBuild(table)) await waitForBuild(table, options)
    const wanted = definitionOf(table, options.hnsw ?? DEFAULT_HNSW)
    const definition = await indexDefinition(table)
    if (definition !== undefined && !sameDefinition(definition, wanted)) await this.drop(table)
    const { parts } = await indexedParts(table, await indexDefinition(table))
    const did = verdict(parts, options.looseRows ?? 5000)
    if (did === 'rebuilt') await mergeToOnePart(table, options)
    if (did !== 'kept') {
      const name = indexName(table)
      await table.database.command(
        `ALTER TABLE ${table.table}${table.onCluster} ADD INDEX IF NOT EXISTS ${name} ${table.shape.vector} TYPE ${wanted}`,
      )
      await table.database.command(`ALTER TABLE ${table.table}${table.onCluster} MATERIALIZE INDEX ${name}`, {
        settings: { mutations_sync: '0' },
      })
      await waitForBuild(table, options)
    }
    return { did, state: await this.state(table) }
  }

  async drop(table: IndexedTable): Promise<void> {
    await table.database.command(
      `ALTER TABLE ${table.table}${table.onCluster} DROP INDEX IF EXISTS ${indexName(table)}`,
      { settings: { mutations_sync: '2' } },
    )
  }

  statement(table: IndexedTable, question: IndexQuestion): IndexedStatement {
    return hnswStatement(table, question, { ...this.#capabilities, own: this.searchSettings })
  }

  bound(vector: ArrayLike<number>) {
    return { sql: vectorLiteral(vector), params: {} }
  }

  async isUsed(table: IndexedTable, { sql, params, settings }: IndexedStatement): Promise<boolean> {
    const lines = await table.database.rows<{ explain: string }>(`EXPLAIN indexes = 1 ${sql}`, { params, settings })
    const text = lines.map((line) => line.explain).join('\n')
    return new RegExp(`Name: ${indexName(table)}\\b.*\\n.*Description: vector_similarity`).test(text)
  }

  /** Merges in the background would build the whole graph anew each time; only a build here decides when that pays. */
  async #quieten(table: IndexedTable): Promise<void> {
    const wanted = { exclude_materialize_skip_indexes_on_merge: `'${indexName(table)}'` }
    for (const [name, value] of Object.entries(known(wanted, this.#capabilities.tableSettings))) {
      await table.database.command(`ALTER TABLE ${table.table}${table.onCluster} MODIFY SETTING ${name} = ${value}`)
    }
  }
}

/** What is to be done with parts some of which may lack the index. */
function verdict(parts: readonly IndexedPart[], looseRows: number): BuildReport['did'] {
  const indexed = parts.filter((part) => part.indexed)
  const loose = sum(parts) - sum(indexed)
  if (indexed.length === 0) return parts.length === 0 ? 'kept' : 'rebuilt'
  const largest = Math.max(...indexed.map((part) => part.rows))
  if (sum(parts) - largest > sum(parts) * LOOSE_SHARE && parts.length > 1 && loose > looseRows) return 'rebuilt'
  if (indexed.length > MOST_PARTS) return 'rebuilt'
  return loose <= looseRows ? 'kept' : 'extended'
}

function sum(parts: readonly IndexedPart[]): number {
  return parts.reduce((rows, part) => rows + part.rows, 0)
}

/** The index's name, after its column. */
export function indexName({ shape }: Pick<IndexedTable, 'shape'>): string {
  return `${shape.vector}_index`
}

function definitionOf({ dimension }: IndexedTable, hnsw: HnswParameters): string {
  return `vector_similarity('hnsw', 'cosineDistance', ${dimension}, '${hnsw.quantization}', ${hnsw.connections}, ${hnsw.candidates})`
}

function sameDefinition(one: string, other: string): boolean {
  const plain = (text: string) => text.replace(/[\s\\]/g, '')
  return plain(one) === plain(other)
}

async function indexDefinition(table: IndexedTable): Promise<string | undefined> {
  const [database, name] = table.table.split('.')
  const row = await table.database.row<{ type: string }>(
    `SELECT type_full AS type FROM system.data_skipping_indices
     WHERE database = {database:String} AND table = {table:String} AND name = {name:String}`,
    { params: { database, table: name, name: indexName(table) } },
  )
  return row?.type
}

const COMPONENT_BYTES: Readonly<Record<string, number>> = { f32: 4, f16: 2, bf16: 2, i8: 1 }

/**
 * The table's parts. Which of them have the index, no system table says; but the graph holds every vector and its links,
 * so a part whose secondary indexes are smaller cannot have it. A text index takes about 60 bytes a row.
 */
async function indexedParts(
  table: IndexedTable,
  definition: string | undefined,
): Promise<{ parts: IndexedPart[]; bytes: number }> {
  const [database, name] = table.table.split('.')
  type Row = { name: string; rows: string; index_bytes: string; bytes: string }
  const rows = await table.database.rows<Row>(
    `SELECT name, rows, secondary_indices_uncompressed_bytes AS index_bytes, bytes_on_disk AS bytes
     FROM ${table.system('parts')} WHERE database = {database:String} AND table = {table:String} AND active`,
    { params: { database, table: name } },
  )
  const [, quantization = 'bf16', links = '16'] = /'(f32|f16|bf16|i8)',\s*(\d+)/.exec(definition ?? '') ?? []
  // Each node has room for twice the links at the bottom of the graph, four bytes each.
  const rowBytes = table.dimension * (COMPONENT_BYTES[quantization] ?? 2) + Number(links) * 8
  const parts = rows.map((part) => ({
    name: part.name,
    rows: Number(part.rows),
    indexed: definition !== undefined && Number(part.index_bytes) >= Number(part.rows) * rowBytes,
  }))
  return { parts, bytes: rows.reduce((total, part) => total + Number(part.bytes), 0) }
}

async function unfinishedBuild(table: IndexedTable): Promise<{ failure: string } | undefined> {
  const [database, name] = table.table.split('.')
  const row = await table.database.row<{ failure: string }>(
    `SELECT latest_fail_reason AS failure FROM ${table.system('mutations')}
     WHERE database = {database:String} AND table = {table:String} AND NOT is_done AND command LIKE {like:String}
     ORDER BY failure DESC LIMIT 1`,
    { params: { database, table: name, like: `%MATERIALIZE INDEX ${indexName(table)}%` } },
  )
  return row
}

async function waitForBuild(table: IndexedTable, options: BuildOptions): Promise<void> {
  const { signal, progress, interval = 1000, timeout = 6 * 3_600_000 } = options
  const deadline = Date.now() + timeout
  for (let pause = 20; ; pause = Math.min(pause * 2, interval)) {
    const build = await unfinishedBuild(table)
    if (!build) break
    if (build.failure) {
      await cancelBuild(table)
      throw new StoreStateError(`The index of ${table.table} cannot be built: ${build.failure}`)
    }
    if (Date.now() > deadline) {
      await cancelBuild(table)
      throw new StoreStateError(
        `The index of ${table.table} was not built within ${Math.round(timeout / 1000)} s; raise the limit (timeout), or look at system.mutations.`,
      )
    }
    const fraction = await merging(table)
    if (fraction !== undefined) progress?.({ phase: 'index', fraction })
    try {
      await sleep(pause, undefined, signal ? { signal } : {})
    } catch {
      await cancelBuild(table)
      signal?.throwIfAborted()
    }
  }
  progress?.({ phase: 'index', fraction: 1 })
}

/** Stops a build, so that the store can close; parts already built are kept. */
async function cancelBuild(table: IndexedTable): Promise<void> {
  const [database, name] = table.table.split('.')
  await table.database.command(
    `KILL MUTATION${table.onCluster} WHERE database = {database:String} AND table = {table:String}
     AND command LIKE {like:String} SYNC`,
    { params: { database, table: name, like: `%MATERIALIZE INDEX ${indexName(table)}%` } },
  )
}
