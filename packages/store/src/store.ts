import type { Capabilities } from './capabilities.ts'
import { type StoreConfig, type StoreSettings, storeConfig } from './config.ts'
import type { Database } from './database.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { openEmbedded } from './embedded-database.ts'
import { hasTextIndex } from './keyword-search.ts'
import { Migrations } from './migration.ts'
import { placement } from './placement.ts'
import { openServer } from './server-database.ts'
import { GRANULE_ROWS, type TableKind } from './table-kind.ts'
import { hasTextSearch } from './text-search.ts'
import { VectorTable } from './vector-table.ts'

/** How a store is opened besides its configuration. */
export interface OpenOptions {
  /** Tags every statement in the query log; default `promptloom`. */
  readonly run?: string
  readonly signal?: AbortSignal
}

/** A database that was opened, what it can do, and how it is closed. */
export interface OpenDatabase {
  readonly database: Database
  /** Finds out what is on the other end. */
  readonly probe: () => Promise<Capabilities>
  readonly close: () => Promise<void>
}

interface StoreParts extends Omit<OpenDatabase, 'probe'> {
  readonly dialect: Dialect
  readonly capabilities: Capabilities
  readonly migrations: Migrations
}

/** An open store. Dispose of it: an embedded one holds its folder until then. */
export class Store implements AsyncDisposable {
  readonly settings: StoreSettings
  readonly database: Database
  readonly dialect: Dialect
  readonly capabilities: Capabilities
  readonly #tables: Readonly<Record<TableKind, VectorTable>>
  readonly #close: () => Promise<void>

  constructor(settings: StoreSettings, parts: StoreParts) {
    this.settings = settings
    this.database = parts.database
    this.dialect = parts.dialect
    this.capabilities = parts.capabilities
    this.#close = parts.close
    const context = {
      database: parts.database,
      migrations: parts.migrations,
      placement: placement(settings),
      index: parts.dialect.index,
      capabilities: parts.capabilities,
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
 * Opens the store, finds out what is on the other end, and creates its database where it is missing.
 * @throws StoreBusyError when another process has an embedded store open; StoreUnreachableError when a server does
 * not answer; StatementError when it refuses.
 */
export async function openStore(config: StoreConfig, options: OpenOptions = {}): Promise<Store> {
  const settings = storeConfig.parse(config)
  const open = await (settings.kind === 'server' ? openServer(settings, options) : openEmbedded(settings, options))
  try {
    const { database } = open
    const { onCluster, engine } = placement(settings)
    const capabilities = await open.probe()
    const dialect = dialectOf(capabilities, settings.kind === 'embedded')
    const there = await database.row<{ found: string }>(
      'SELECT count() AS found FROM system.databases WHERE name = {name:String}',
      { params: { name: settings.database } },
    )
    if (Number(there?.found ?? 0) === 0) await database.command(`CREATE DATABASE ${settings.database}${onCluster}`)
    const parts = { on_cluster: onCluster.trim(), engine, granularity: GRANULE_ROWS }
    const record = `${settings.database}.promptloom_migrations`
    const features = new Set([
      ...(hasTextIndex(capabilities) ? ['text-index'] : []),
      ...(hasTextSearch(capabilities) ? ['text-search'] : []),
    ])
    const migrations = new Migrations(database, { record, parts, features })
    await migrations.prepare()
    return new Store(settings, { ...open, dialect, capabilities, migrations })
  } catch (error) {
    await open.close()
    throw error
  }
}
