import type { Database } from './database.ts'
import type { Migrations } from './migration.ts'
import { type SearchAnswer, type SearchRequest, searchExactly } from './search.ts'
import { deleteRows, type LoadTarget, loadShard, type ShardFile, type ShardRows } from './shard-load.ts'
import { fill, sqlText } from './sql-text.ts'
import { StoreUsageError } from './store-error.ts'
import { shapes, type TableKind, type TableShape } from './table-kind.ts'

/** What a table needs of its store. */
export interface TableContext {
  readonly database: Database
  readonly migrations: Migrations
  readonly local: boolean
}

/** One table of vectors: loading its shards, and searching it. */
export class VectorTable {
  readonly kind: TableKind
  /** With its database: `promptloom.prompt_text`. */
  readonly name: string
  readonly shape: TableShape
  readonly #context: TableContext

  constructor(kind: TableKind, name: string, context: TableContext) {
    this.kind = kind
    this.name = name
    this.shape = shapes[kind]
    this.#context = context
  }

  /** The length of the table's vectors; undefined while the table does not exist. */
  async dimension(): Promise<number | undefined> {
    const { database } = this.#context
    const [databaseName, name] = this.name.split('.')
    const facts = await database.row<{ ddl: string }>(await sqlText('queries/table-facts'), {
      params: { database: databaseName, name },
    })
    const length = /CHECK length\(\w+\) = (\d+)/.exec(facts?.ddl ?? '')?.[1]
    return length === undefined ? undefined : Number(length)
  }

  /** Creates the table for vectors of that length where it is missing, and brings it to the newest migration. */
  async ensure(dimension: number): Promise<void> {
    await this.#context.migrations.apply(this.kind, this.name, dimension)
  }

  /** Rows in the table by shard, then by the digest of the file they came from. Empty while there is no table. */
  async shards(): Promise<Map<string, ShardRows>> {
    const shards = new Map<string, Map<string, number>>()
    if ((await this.dimension()) === undefined) return shards
    const sql = fill(await sqlText('queries/shard-counts'), { table: this.name })
    for (const row of await this.#context.database.rows<{ shard: string; digest: string; rows: string }>(sql)) {
      const digests = shards.get(row.shard) ?? new Map<string, number>()
      shards.set(row.shard, digests.set(row.digest, Number(row.rows)))
    }
    return shards
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
  load(file: ShardFile): Promise<'loaded' | 'present'> {
    return loadShard(this.#loadTarget(), file)
  }

  /** Deletes all rows of one shard. */
  async remove(shard: string): Promise<void> {
    if ((await this.dimension()) !== undefined) await deleteRows(this.#loadTarget(), shard)
  }

  /** The k nearest rows, best first. */
  async search(request: SearchRequest): Promise<SearchAnswer> {
    const dimension = await this.dimension()
    if (dimension === undefined) {
      throw new StoreUsageError(`There is no ${this.kind} table yet; run the pipeline to its load stage first.`)
    }
    const target = { database: this.#context.database, table: this.name, shape: this.shape, dimension }
    return { hits: await searchExactly(target, request), used: 'exact', reason: 'there is no index yet' }
  }

  #loadTarget(): LoadTarget {
    const { database, local } = this.#context
    return { database, local, table: this.name, shape: this.shape, backoff: 500 }
  }
}
