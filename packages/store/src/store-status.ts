import type { Store } from './store.ts'
import { StoreError } from './store-error.ts'
import type { TableKind } from './table-kind.ts'
import type { IndexState } from './vector-index.ts'

/** One table, for people who operate it. */
export interface TableStatus {
  readonly kind: TableKind
  readonly name: string
  /** Rows that a search can find; deleted ones that are still on disk are in `index.rows`. */
  readonly rows: number
  readonly dimension: number
  /** Digests of the models that the vectors come from. */
  readonly models: readonly string[]
  readonly shards: number
  readonly index: IndexState
  /** Rows of a full rebuild under way beside it; 0 where there is none. */
  readonly nextRows: number
}

/** A store, for people who operate it. */
export interface StoreStatus {
  /** Folder of an embedded store, or address of a server, without secrets. */
  readonly location: string
  readonly database: string
  readonly engine: string
  readonly label: string
  readonly version: string
  readonly note?: string
  readonly tables: readonly TableStatus[]
  /** Bytes that the engine holds in memory: all of it, and its vector indexes; null where it does not tell. */
  readonly memory: { readonly total: number | null; readonly indexes: number | null }
}

/** Asks the store how it is; reads only. */
export async function storeStatus(store: Store): Promise<StoreStatus> {
  const { settings, dialect } = store
  const tables: TableStatus[] = []
  for (const kind of ['text', 'image'] as const) {
    const table = store.table(kind)
    const holding = await table.holding()
    if (!holding.exists) continue
    tables.push({
      kind,
      name: table.name,
      rows: holding.rows,
      dimension: holding.dimension as number,
      models: holding.models,
      shards: holding.shards.size,
      index: await table.indexState(),
      nextRows: await table.next.count(),
    })
  }
  return {
    location: settings.kind === 'embedded' ? settings.path : withoutSecrets(settings.url),
    database: settings.database,
    engine: dialect.engine,
    label: dialect.label,
    version: dialect.version,
    ...(dialect.note ? { note: dialect.note } : {}),
    tables,
    memory: await memoryOf(store),
  }
}

async function memoryOf({ database }: Store): Promise<StoreStatus['memory']> {
  try {
    const rows = await database.rows<{ metric: string; value: string }>(
      "SELECT metric, value FROM system.metrics WHERE metric IN ('MemoryTracking', 'VectorSimilarityIndexCacheBytes')",
    )
    const of = (name: string) => {
      const row = rows.find((one) => one.metric === name)
      return row ? Number(row.value) : null
    }
    return { total: of('MemoryTracking'), indexes: of('VectorSimilarityIndexCacheBytes') }
  } catch (error) {
    // Not every user may read system.metrics.
    if (error instanceof StoreError) return { total: null, indexes: null }
    throw error
  }
}

function withoutSecrets(url: string): string {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain.href
}
