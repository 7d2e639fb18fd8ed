import { createClient } from '@clickhouse/client'
import { probe } from './capabilities.ts'
import { type StoreConfig, type StoreSettings, storeConfig } from './config.ts'
import { Database } from './database.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { EmbeddedConnection } from './embedded-connection.ts'
import { EmbeddedEngine } from './embedded-engine.ts'
import { Migrations } from './migration.ts'
import { placement } from './placement.ts'
import type { TableKind } from './table-kind.ts'
import { VectorTable } from './vector-table.ts'

/** How a store is opened besides its configuration. */
export interface OpenOptions {
  /** Tags every statement in the query log; default `promptloom`. */
  readonly run?: string
}

interface StoreParts {
  readonly database: Database
  readonly dialect: Dialect
  readonly migrations: Migrations
  readonly close: () => Promise<void>
}

/** An open store. Dispose of it: an embedded one holds its folder until then. */
export class Store implements AsyncDisposable {
  readonly settings: StoreSettings
  readonly database: Database
  readonly dialect: Dialect
  readonly #tables: Readonly<Record<TableKind, VectorTable>>
  readonly #close: () => Promise<void>

  constructor(settings: StoreSettings, parts: StoreParts) {
    this.settings = settings
    this.database = parts.database
    this.dialect = parts.dialect
    this.#close = parts.close
    const context = {
      ...parts,
      ...placement(settings),
      index: parts.dialect.index,
      local: settings.kind === 'embedded',
    }
    const table = (kind: TableKind) => new VectorTable(kind, `${settings.database}.${settings.tables[kind]}`, context)
    this.#tables = { text: table('text'), image: table('image') }
  }

  /** The table of prompts or of pictures. It may not exist yet. */
  table(kind: TableKind): VectorTable {
    return this.#tables[kind]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }
}

/**
 * Opens the store and creates its database where it is missing.
 * @throws StoreBusyError when another process has an embedded store open; StoreUnreachableError when a server does
 * not answer; StatementError when it refuses.
 */
export async function openStore(config: StoreConfig, options: OpenOptions = {}): Promise<Store> {
  const settings = storeConfig.parse(config)
  if (settings.kind === 'server') throw new Error('not yet')
  const engine = await EmbeddedEngine.open(settings.path, settings.arguments)
  const client = createClient({ connection: new EmbeddedConnection(engine) })
  const database = new Database(client, settings.database, { log_comment: options.run ?? 'promptloom' })
  await database.command(`CREATE DATABASE IF NOT EXISTS ${settings.database}`)
  const dialect = dialectOf(await probe(database), settings.kind === 'embedded')
  const { onCluster, engine: tableEngine } = placement(settings)
  const migrations = new Migrations(database, `${settings.database}.promptloom_migrations`, {
    on_cluster: onCluster,
    engine: tableEngine,
    granularity: 128,
  })
  await migrations.prepare()
  return new Store(settings, { database, dialect, migrations, close: () => client.close() })
}
