import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { EmbeddedSettings } from './config.ts'
import { Database } from './database.ts'
import { EmbeddedConnection } from './embedded-connection.ts'
import { EmbeddedEngine } from './embedded-engine.ts'
import type { OpenDatabase, OpenOptions } from './store.ts'

/** Opens the engine inside this process behind the same client that talks to servers. */
export async function openEmbedded(settings: EmbeddedSettings, options: OpenOptions): Promise<OpenDatabase> {
  const { memoryLimit, indexMemory } = settings
  const limits = [
    ...(memoryLimit === undefined ? [] : [`--max_server_memory_usage=${memoryLimit}`]),
    ...(indexMemory === undefined ? [] : [`--vector_similarity_index_cache_size=${indexMemory}`]),
  ]
  const engine = await EmbeddedEngine.open(settings.path, [...limits, ...settings.arguments])
  const client = createClient({
    connection: new EmbeddedConnection(engine),
    // Failures are ours to report.
    log: { level: ClickHouseLogLevel.OFF },
  })
  const database = new Database(client, settings.database, { log_comment: options.run ?? 'promptloom' })
  return { database, close: () => client.close() }
}
