import { createHash } from 'node:crypto'
import type { Database } from './database.ts'
import { fill, sqlNames, sqlText } from './sql-text.ts'
import { StoreStateError } from './store-error.ts'
import type { TableKind } from './table-kind.ts'

/** What the SQL files of tables are filled with. */
export interface TableParts extends Readonly<Record<string, string | number>> {
  readonly on_cluster: string
  readonly engine: string
  readonly granularity: number
}

/** Where migrations are recorded, what they are filled with, and what they may ask of the engine. */
export interface MigrationOptions {
  /** The table of applied migrations, with its database. */
  readonly record: string
  readonly parts: TableParts
  /** Files named `NNNN-what.<feature>.sql` are for engines with that feature. */
  readonly features: ReadonlySet<string>
}

/** Brings tables to the newest of the numbered files in `sql/migrations/`, and remembers which were applied. */
export class Migrations {
  readonly #database: Database
  readonly #record: string
  readonly #options: MigrationOptions

  constructor(database: Database, options: MigrationOptions) {
    this.#database = database
    this.#record = options.record
    this.#options = options
  }

  /** Creates the record of applied migrations. */
  async prepare(): Promise<void> {
    await this.#database.command(
      fill(await sqlText('migrations/record'), { ...this.#options.parts, record: this.#record }),
    )
  }

  /**
   * Applies what is missing to one table, creating it by the first file.
   * @throws StoreStateError when a file was edited after it was applied.
   */
  async apply(kind: TableKind, table: string, dimension: number): Promise<void> {
    const known = await this.#applied(table)
    for (const name of await sqlNames(`migrations/${kind}`)) {
      const feature = name.split('.')[1]
      if (feature !== undefined && !this.#options.features.has(feature)) continue
      const text = await sqlText(`migrations/${kind}/${name}`)
      const sha256 = createHash('sha256').update(text).digest('hex')
      const before = known.get(name)
      if (before === sha256) continue
      if (before !== undefined) {
        throw new StoreStateError(
          `sql/migrations/${kind}/${name}.sql was edited after it was applied to ${table}; put the change into a new file with the next number.`,
        )
      }
      for (const statement of text.split(/;\s*\n/)) {
        await this.#database.command(fill(statement, { ...this.#options.parts, table, dimension }))
      }
      await this.#remember(table, name, sha256)
    }
  }

  async #applied(table: string): Promise<Map<string, string>> {
    const rows = await this.#database.rows<{ file: string; sha256: string }>(
      `SELECT file, sha256 FROM ${this.#record} WHERE table_uuid IN (
         SELECT uuid FROM system.tables WHERE database = {database:String} AND name = {name:String})`,
      { params: { database: this.#database.name, name: bare(table) } },
    )
    return new Map(rows.map(({ file, sha256 }) => [file, sha256]))
  }

  async #remember(table: string, file: string, sha256: string): Promise<void> {
    await this.#database.command(
      `INSERT INTO ${this.#record} (table_uuid, table_name, number, file, sha256)
       SELECT uuid, name, {number:UInt32}, {file:String}, {sha256:String} FROM system.tables
       WHERE database = {database:String} AND name = {name:String}`,
      {
        params: { database: this.#database.name, name: bare(table), number: Number.parseInt(file, 10), file, sha256 },
      },
    )
  }
}

/** A table's name without its database. */
export function bare(table: string): string {
  return table.slice(table.indexOf('.') + 1)
}
