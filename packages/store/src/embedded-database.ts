import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type Capabilities, probe } from './capabilities.ts'
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
  return { database, probe: () => probeOnce(database, [...limits, ...settings.arguments]), close: () => client.close() }
}

/** Answers of this process's engine by its arguments, as JSON. */
const probed = new Map<string, Capabilities>()

/**
 * The engine is a library: for as long as the process lives its version stays, and so do the settings that it was
 * started with. A server may be another one tomorrow, and is asked every time.
 */
async function probeOnce(database: Database, arguments_: readonly string[]): Promise<Capabilities> {
  const key = JSON.stringify(arguments_)
  const answer = probed.get(key) ?? (await probe(database))
  probed.set(key, answer)
  return answer
}
