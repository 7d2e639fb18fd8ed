import type { Capabilities } from './capabilities.ts'
import type { Database } from './database.ts'
import { holdMerges, releaseCrowded, releaseMerges } from './held-merges.ts'
import { type KeywordAnswer, type KeywordRequest, searchWords } from './keyword-search.ts'
import { MatchingRows } from './matching-rows.ts'
import { bare, type Migrations } from './migration.ts'
import type { Placement } from './placement.ts'
import { preferred, type SearchPreference } from './preference.ts'
import { indexedStatement, type SearchAnswer, type SearchRequest, type SearchTarget, search } from './search.ts'
import { deleteRows, type LoadTarget, loadShard, type ShardFile } from './shard-load.ts'
import { fill, sqlText } from './sql-text.ts'
import { StoreStateError, StoreUsageError } from './store-error.ts'
import { exportTable } from './table-export.ts'
import { shapes, type TableKind, type TableShape } from './table-kind.ts'
import { hasTextSearch, textSearchReady } from './text-search.ts'
import type { BuildOptions, BuildReport, IndexedTable, IndexState, VectorIndex } from './vector-index.ts'

/** What a table needs of its store. */
export interface TableContext {
  readonly database: Database
  readonly migrations: Migrations
  readonly index: VectorIndex
  readonly capabilities: Capabilities
  readonly placement: Placement
  /** True where the engine reads files of this machine by itself. */
  readonly local: boolean
}

/** What vectors are made of: two models' never share a table. */
export interface VectorSpace {
  /** Digest of the model directory. */
  readonly model: string
  readonly dimension: number
}

/** What a table holds. */
export interface Holding {
  readonly exists: boolean
  /** Length of its vectors; undefined where there is no table. */
  readonly dimension: number | undefined
  /** Digests of the models that its vectors come from; one at most, unless somebody else wrote to it. */
  readonly models: readonly string[]
  readonly rows: number
  /** Rows by shard, then by the digest of the file they came from. */
  readonly shards: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** Milliseconds for which a search believes what it knows of the index. */
const STATE_AGE = 5000

/** One table of vectors: loading its shards, and searching it. */
export class VectorTable {
  readonly kind: TableKind
  /** With its database: `promptloom.prompt_text`. */
  readonly name: string
  readonly shape: TableShape
  readonly #context: TableContext
  readonly #matching = new MatchingRows()
  #dimension: number | undefined
  #state: { readonly asked: number; readonly state: IndexState } | undefined
  #preference: SearchPreference | undefined

  constructor(kind: TableKind, name: string, context: TableContext) {
    this.kind = kind
    this.name = name
    this.shape = shapes[kind]
    this.#context = context
  }

  /** The table that a full rebuild fills, before it takes this one's place. */
  get next(): VectorTable {
    return new VectorTable(this.kind, `${this.name}_next`, this.#context)
  }

  /** The length of the table's vectors; undefined while the table does not exist. */
  async dimension(): Promise<number | undefined> {
    const [database, name] = this.#local.split('.')
    const sql = await sqlText('queries/table-facts')
    const facts = await this.#context.database.row<{ ddl: string }>(sql, { params: { database, name } })
    const length = /CHECK length\(\w+\) = (\d+)/.exec(facts?.ddl ?? '')?.[1]
    return length === undefined ? undefined : Number(length)
  }

  /**
   * Creates the table for vectors of that length where it is missing, and brings it to the newest migration.
   * @throws StoreStateError when it exists for another length.
   */
  async ensure(dimension: number): Promise<void> {
    const there = await this.dimension()
    if (there !== undefined && there !== dimension) {
      throw new StoreStateError(
        `${this.name} holds vectors of ${there} values, and ${dimension} were to be loaded; load into its next generation instead.`,
      )
    }
    const { database, migrations, placement } = this.#context
    await migrations.apply(this.kind, this.#local, dimension)
    const { spreadOver, onCluster } = placement
    if (!spreadOver) return
    const parts = { table: this.name, local: this.#local, local_name: bare(this.#local), database: database.name }
    await database.command(
      fill(await sqlText('distributed'), { ...parts, cluster: spreadOver, on_cluster: onCluster.trim() }),
    )
  }

  /** What the table holds, by shard. */
  async holding(): Promise<Holding> {
    const dimension = await this.dimension()
    const shards = new Map<string, Map<string, number>>()
    const models = new Set<string>()
    let rows = 0
    if (dimension === undefined) return { exists: false, dimension, models: [], rows, shards }
    const sql = fill(await sqlText('queries/shard-counts'), { table: this.name })
    type Row = { shard: string; digest: string; model: string; rows: string | number }
    for (const row of await this.#context.database.rows<Row>(sql)) {
      const digests = shards.get(row.shard) ?? new Map<string, number>()
      const count = Number(row.rows)
      shards.set(row.shard, digests.set(row.digest, (digests.get(row.digest) ?? 0) + count))
      models.add(row.model)
      rows += count
    }
    return { exists: true, dimension, models: [...models], rows, shards }
  }

  /** Rows in the table; 0 while there is none. */
  async count(): Promise<number> {
    if ((await this.dimension()) === undefined) return 0
    const row = await this.#context.database.row<{ rows: string }>(`SELECT count() AS rows FROM ${this.name}`)
    return Number(row?.rows ?? 0)
  }

  /**
   * Makes the table hold exactly the file's rows for its shard; repeatable. Rows of an older file of the same shard go
   * once the new ones are in.
   */
  async load(file: ShardFile): Promise<'loaded' | 'present'> {
    this.#forget()
    const done = await loadShard(this.#loadTarget(), file)
    const { local, database } = this.#context
    if (local && done === 'loaded') await releaseCrowded(database, this.#local)
    return done
  }

  /**
   * Announces many loads: on the embedded engine, parts are left unmerged until `buildIndex` merges them all, or until
   * there are too many. Servers merge as they see fit.
   */
  async holdMerges(): Promise<void> {
    if (this.#context.local) await holdMerges(this.#context.database, this.#local)
  }

  /** Deletes all rows of one shard. */
  async remove(shard: string): Promise<void> {
    this.#forget()
    if ((await this.dimension()) !== undefined) await deleteRows(this.#loadTarget(), shard)
  }

  /**
   * Puts the next generation in this table's place in one step, and drops what was there. Searches see the old rows
   * or the new ones, never a mixture.
   */
  async publish(): Promise<void> {
    const { database, placement } = this.#context
    const { next } = this
    this.#forget()
    if ((await next.dimension()) === undefined) return
    if ((await this.dimension()) === undefined) await this.ensure((await next.dimension()) as number)
    // Where rows are spread, the table that is asked finds its nodes' own tables by name.
    await database.command(`EXCHANGE TABLES ${this.#local} AND ${next.#local}${placement.onCluster}`)
    await next.drop()
  }

  /** Drops the table and all its rows; nothing happens where there is none. */
  async drop(): Promise<void> {
    this.#forget()
    const { database, placement } = this.#context
    for (const table of new Set([this.name, this.#local])) {
      await database.command(`DROP TABLE IF EXISTS ${table}${placement.onCluster} SYNC`)
    }
  }

  /**
   * Builds the index over what the table holds, or brings it up to date. Repeatable; a build that was killed goes on.
   * @throws StoreStateError when the engine fails to build it, or needs longer than the time limit.
   */
  async buildIndex(options: BuildOptions = {}): Promise<BuildReport> {
    const table = await this.#indexed()
    const { local, database, index } = this.#context
    // What background merges wrote now, the build would write again.
    await this.holdMerges()
    const report = await index.build(table, options)
    this.#state = undefined
    if (local) await releaseMerges(database, this.#local)
    return report
  }

  /** Where the index stands, asked of the database now. */
  async indexState(): Promise<IndexState> {
    return this.#context.index.state(await this.#indexed())
  }

  /** Drops the index; searches are exact from then on. */
  async dropIndex(): Promise<void> {
    this.#state = undefined
    await this.#context.index.drop(await this.#indexed())
  }

  /**
   * The k nearest rows, best first; k of them where k match. Rows loaded after the index was built are found too.
   * @throws StoreUsageError for a vector, k, effort, column or filter that the table cannot answer.
   */
  async search(request: SearchRequest): Promise<SearchAnswer> {
    const target = await this.#target()
    return search(target, preferred(request, this.#preference, target.state.rows))
  }

  /** Searches by what a benchmark has found, where a question says neither mode nor effort; undefined: by rule again. */
  prefer(preference: SearchPreference | undefined): void {
    this.#preference = preference
  }

  /** Several questions at once, answered side by side; answers in their order. */
  async searchAll(requests: readonly SearchRequest[]): Promise<SearchAnswer[]> {
    const target = await this.#target()
    return Promise.all(
      requests.map((request) => search(target, preferred(request, this.#preference, target.state.rows))),
    )
  }

  /**
   * Rows by the words of their prompts, those with more and rarer ones first.
   * @throws StoreUsageError when there is no word to look for.
   */
  async searchWords(request: KeywordRequest): Promise<KeywordAnswer> {
    const { database, asked: name, table, shape, system } = await this.#indexed()
    const { capabilities } = this.#context
    // What TextSearch answers over a table whose rows are spread is not known.
    const possible = name === table && hasTextSearch(capabilities)
    const textSearch = possible && (await textSearchReady(database, table, system))
    return searchWords({ database, name, shape, textSearch }, request, capabilities)
  }

  /**
   * Writes all rows to one Parquet file, which `load` takes again: the columns that embed's files have.
   * @throws StoreStateError when the answer ended early.
   */
  async export(path: string): Promise<void> {
    const { database, asked, shape } = await this.#indexed()
    await exportTable({ database, table: asked, columns: shape.columns, local: this.#context.local }, path)
  }

  /** Some rows with their vectors: those with the smallest ids, so that a repeated look finds the same. */
  async sample(count: number): Promise<{ id: string; vector: Float32Array }[]> {
    type Row = { id: string; vector: number[] }
    const rows = await this.#context.database.rows<Row>(
      `SELECT id, ${this.shape.vector} AS vector FROM ${this.name} ORDER BY id LIMIT {count:UInt32}`,
      { params: { count } },
    )
    return rows.map(({ id, vector }) => ({ id, vector: Float32Array.from(vector) }))
  }

  /** The vector of one row; undefined where there is no such row. */
  async vectorOf(id: string): Promise<Float32Array | undefined> {
    const row = await this.#context.database.row<{ vector: number[] }>(
      `SELECT ${this.shape.vector} AS vector FROM ${this.name} WHERE id = {id:String} LIMIT 1`,
      { params: { id } },
    )
    return row && Float32Array.from(row.vector)
  }

  /** True when the engine itself says that it would answer this question with the index. */
  async usesIndex(request: SearchRequest): Promise<boolean> {
    const target = await this.#target()
    if (target.state.definition === undefined) return false
    return target.index.isUsed(target.table, indexedStatement(target, request))
  }

  async #target(): Promise<SearchTarget> {
    const table = await this.#indexed()
    const { index } = this.#context
    if (!this.#state || Date.now() - this.#state.asked > STATE_AGE) {
      this.#state = { asked: Date.now(), state: await index.state(table) }
    }
    return { table, index, state: this.#state.state, matching: this.#matching }
  }

  async #indexed(): Promise<IndexedTable> {
    const { database, placement } = this.#context
    const { onCluster, system } = placement
    this.#dimension ??= await this.dimension()
    if (this.#dimension === undefined) {
      throw new StoreUsageError(`There is no ${this.kind} table yet; run the pipeline to its load stage first.`)
    }
    const { name: asked, shape } = this
    return { database, asked, table: this.#local, shape, dimension: this.#dimension, onCluster, system }
  }

  /** The table that holds the rows: this one, or each node's own. */
  get #local(): string {
    return this.#context.placement.local(this.name)
  }

  #forget(): void {
    this.#state = undefined
    this.#dimension = undefined
  }

  #loadTarget(): LoadTarget {
    const { database, local, index, placement } = this.#context
    const { name: table, shape } = this
    const stored = { table: this.#local, onCluster: placement.onCluster }
    return { database, local, table, stored, shape, settings: index.insertSettings(shape), backoff: 500 }
  }
}

/** True when vectors of that space may join what the table holds. */
export function fits(holding: Holding, space: VectorSpace): boolean {
  if (!holding.exists) return true
  return holding.dimension === space.dimension && holding.models.every((model) => model === space.model)
}
