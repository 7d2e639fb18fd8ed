import { setTimeout as sleep } from 'node:timers/promises'
import { type Capabilities, known } from './capabilities.ts'
import { mergeToOnePart } from './one-part.ts'
import { vectorParameter } from './query-vector.ts'
import { StoreStateError } from './store-error.ts'
import type {
  BuildOptions,
  BuildReport,
  IndexedStatement,
  IndexedTable,
  IndexQuestion,
  IndexState,
  VectorIndex,
} from './vector-index.ts'

/** MyScale's vector indexes: MSTG in the cloud and enterprise editions, SCANN in the open-source one. */
export class MyScaleIndex implements VectorIndex {
  readonly type: 'MSTG' | 'SCANN'
  readonly effort = { name: 'alpha', least: 1, most: 4 }
  readonly searchSettings = {}
  readonly filtersFirst = true
  readonly #capabilities: Capabilities

  constructor(type: 'MSTG' | 'SCANN', capabilities: Capabilities) {
    this.type = type
    this.#capabilities = capabilities
  }

  /** The vendor's own default. */
  defaultEffort(): number {
    return 3
  }

  /** Conditions are applied before the index is asked, so that k rows come where k match. */
  widenings(): readonly number[] {
    return [1]
  }

  /** The server builds the index of new parts in the background by itself. */
  insertSettings() {
    return {}
  }

  async state(table: IndexedTable): Promise<IndexState> {
    const [database, name] = table.table.split('.')
    const index = await this.#row(table)
    const size = await table.database.row<{ rows: string; parts: string; bytes: string }>(
      `SELECT sum(rows) AS rows, count() AS parts, sum(bytes_on_disk) AS bytes FROM ${table.system('parts')}
       WHERE database = {database:String} AND table = {table:String} AND active`,
      { params: { database, table: name } },
    )
    const rows = Number(size?.rows ?? 0)
    const parts = Number(size?.parts ?? 0)
    const bytes = Number(size?.bytes ?? 0)
    if (!index) return { status: 'none', rows, indexedRows: 0, parts, indexedParts: 0, bytes }
    const indexedParts = Number(index.built) + Number(index.small)
    const total = Number(index.total)
    const failure = index.reason || undefined
    // A table without parts is called Built, and so is one whose parts the server has not looked at yet.
    const built = index.status === 'Built' && total > 0 && total >= parts
    const status = built ? 'built' : index.status === 'Error' ? 'failed' : rows === 0 ? 'none' : 'building'
    // Until all is built, parts without index are searched exactly beside those with one, where the server can.
    const indexedRows = built ? rows : parts > 0 ? Math.floor((rows * Math.min(indexedParts, parts)) / parts) : 0
    const definition = index.expr
    return { status, rows, indexedRows, parts, indexedParts, bytes, definition, ...(failure ? { failure } : {}) }
  }

  /**
   * In the vendor's order: merge to one part, then add the index, then wait. Merging after the index exists makes
   * decoupled parts, so rows added later are left to the server's own background build.
   */
  async build(table: IndexedTable, options: BuildOptions): Promise<BuildReport> {
    const before = await this.#row(table)
    const right = before !== undefined && sameType(before.expr, this.type)
    if (before && (!right || before.status === 'Error')) await this.drop(table)
    const rebuild = !before || !right || before.status === 'Error'
    if (rebuild) {
      await mergeToOnePart(table, options)
      await this.#add(table)
    }
    const expected = await this.#count(table)
    const looked = await this.#wait(table, options, expected)
    const did = rebuild ? 'rebuilt' : looked > 2 ? 'extended' : 'kept'
    return { did, state: await this.state(table) }
  }

  async drop(table: IndexedTable): Promise<void> {
    await table.database.command(
      `ALTER TABLE ${table.table}${table.onCluster} DROP VECTOR INDEX IF EXISTS ${indexName(table)}`,
    )
  }

  statement({ asked, shape }: IndexedTable, question: IndexQuestion): IndexedStatement {
    const { where, columns, effort, k, vector } = question
    // The vector is written out, as in all of MyScale's own examples: whether 1.x folds a bound one is not known.
    const distance = `distance('alpha=${Number(effort)}')(${shape.vector}, ${vectorParameter(vector)})`
    const sql = `SELECT ${columns.join(', ')}, ${distance} AS distance
FROM ${asked}${where ? ` WHERE ${where.sql}` : ''} ORDER BY distance ASC LIMIT {k:UInt32}`
    const settings = known({ enable_brute_force_vector_search: 1 }, this.#capabilities.settings)
    return { sql, params: { ...where?.params, k }, settings }
  }

  bound(vector: ArrayLike<number>) {
    return { sql: '{q:Array(Float32)}', params: { q: vectorParameter(vector) } }
  }

  /** MyScale explains no vector scan; that the index is built over all parts is its own word for it. */
  async isUsed(table: IndexedTable): Promise<boolean> {
    return (await this.state(table)).status === 'built'
  }

  async #add(table: IndexedTable): Promise<void> {
    await table.database.command(
      `ALTER TABLE ${table.table}${table.onCluster} ADD VECTOR INDEX IF NOT EXISTS ${indexName(table)} ${table.shape.vector} TYPE ${this.type}('metric_type=Cosine')`,
    )
  }

  /** Waits until the index is built twice in a row over all rows; answers how often it had to look. */
  async #wait(table: IndexedTable, options: BuildOptions, expected: number): Promise<number> {
    const { signal, progress, interval = 3000, timeout = 6 * 3_600_000 } = options
    const deadline = Date.now() + timeout
    let looks = 0
    let missing = 0
    for (let inARow = 0; inARow < 2; ) {
      const state = await this.state(table)
      looks++
      if (expected === 0) return looks
      if (state.definition === undefined && ++missing > 5) {
        throw new StoreStateError(
          `The server does not list the index ${indexName(table)} of ${table.table}; it was dropped by somebody, or never made.`,
        )
      }
      if (state.status === 'failed') {
        throw new StoreStateError(
          `The index of ${table.table} cannot be built: ${state.failure ?? 'the server gives no reason'}`,
        )
      }
      inARow = state.status === 'built' && state.rows >= expected ? inARow + 1 : 0
      progress?.({ phase: 'index', fraction: state.rows === 0 ? 0 : state.indexedRows / state.rows })
      if (inARow === 2) break
      if (Date.now() > deadline) throw stuck(table, state, timeout)
      await sleep(interval, undefined, signal ? { signal } : {})
    }
    return looks
  }

  async #row({ database, table, shape, system }: IndexedTable): Promise<IndexRow | undefined> {
    const [name, own] = table.split('.')
    return database.row<IndexRow>(
      `SELECT any(expr) AS expr, max(total_parts) AS total, min(parts_with_vector_index) AS built,
         min(small_parts) AS small, max(latest_fail_reason) AS reason,
         multiIf(countIf(status = 'Error') > 0, 'Error', countIf(status != 'Built') > 0, 'InProgress', 'Built') AS status
       FROM ${system('vector_indices')}
       WHERE database = {database:String} AND table = {table:String} AND name = {name:String}
       HAVING count() > 0`,
      { params: { database: name, table: own, name: `${shape.vector}_index` } },
    )
  }

  async #count({ database, asked }: IndexedTable): Promise<number> {
    const row = await database.row<{ rows: string }>(`SELECT count() AS rows FROM ${asked}`)
    return Number(row?.rows ?? 0)
  }
}

interface IndexRow {
  readonly expr: string
  readonly status: string
  readonly total: string
  readonly built: string
  readonly small: string
  readonly reason: string
}

function indexName({ shape }: IndexedTable): string {
  return `${shape.vector}_index`
}

function sameType(expr: string, type: string): boolean {
  return new RegExp(`\\bTYPE\\s+${type}\\b`, 'i').test(expr) && /metric_type\s*=\s*cosine/i.test(expr)
}

function stuck({ table }: IndexedTable, state: IndexState, timeout: number): StoreStateError {
  return new StoreStateError(
    `The index of ${table} is still ${state.status} after ${Math.round(timeout / 1000)} s: ${state.indexedParts} of ${state.parts} parts are done. Look at system.vector_index_segments, or raise the limit.`,
  )
}
