import { createClient } from '@clickhouse/client'
import { type StoreConfig, type StoreSettings, storeConfig } from './config.ts'
import { Database } from './database.ts'
import { EmbeddedConnection } from './embedded-connection.ts'
import { EmbeddedEngine } from './embedded-engine.ts'
import { Migrations } from './migration.ts'
import type { TableKind } from './table-kind.ts'
import { VectorTable } from './vector-table.ts'

/** How a store is opened besides its configuration. */
export interface OpenOptions {
  /** Tags every statement in the query log; default `promptloom`. */
  readonly run?: string
}

/** An open store. Dispose of it: an embedded one holds its folder until then. */
export class Store implements AsyncDisposable {
  readonly settings: StoreSettings
  readonly database: Database
  readonly #tables: Readonly<Record<TableKind, VectorTable>>
  readonly #close: () => Promise<void>

  constructor(
    settings: StoreSettings,
    parts: { database: Database; migrations: Migrations; close: () => Promise<void> },
  ) {
    this.settings = settings
    this.database = parts.database
    this.#close = parts.close
    const context = { ...parts, onCluster: '', local: settings.kind === 'embedded' }
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
  const migrations = new Migrations(database, `${settings.database}.promptloom_migrations`, {
    on_cluster: '',
    engine: 'MergeTree',
    granularity: 128,
  })
  await migrations.prepare()
  return new Store(settings, { database, migrations, close: () => client.close() })
}
