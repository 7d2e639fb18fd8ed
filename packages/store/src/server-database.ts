import { setTimeout as sleep } from 'node:timers/promises'
import { ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client'
import { probe } from './capabilities.ts'
import type { ServerSettings } from './config.ts'
import { Database } from './database.ts'
import type { OpenDatabase, OpenOptions } from './store.ts'
import { StoreError } from './store-error.ts'

/** Connects to a ClickHouse or MyScale server over HTTP or HTTPS, and waits until it is awake. */
export async function openServer(settings: ServerSettings, options: OpenOptions): Promise<OpenDatabase> {
  const client = createClient({
    url: settings.url,
    username: settings.user,
    password: settings.password,
    request_timeout: settings.requestTimeout,
    application: 'promptloom',
    // What is sent is Parquet, which is compressed already.
    compression: { request: false, response: true },
    // A vector would make the address longer than proxies allow.
    use_multipart_params_auto: true,
    // Failures are ours to report.
    log: { level: ClickHouseLogLevel.OFF },
    keep_alive: { idle_socket_ttl: 2500 },
  })
  const own: ClickHouseSettings = { ...settings.settings, log_comment: options.run ?? 'promptloom' }
  const database = new Database(client, settings.database, own)
  try {
    await wake(database, settings, options.signal)
  } catch (error) {
    await client.close()
    throw error
  }
  return { database, probe: () => probe(database), close: () => client.close() }
}

async function wake(database: Database, settings: ServerSettings, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + settings.wakeTimeout
  for (let pause = 250; ; pause = Math.min(pause * 2, 10_000)) {
    try {
      await database.rows('SELECT 1 AS ok', signal ? { signal } : {})
      return
    } catch (error) {
      if (!(error instanceof StoreError && error.retryable) || Date.now() + pause > deadline) throw error
      await sleep(pause, undefined, signal ? { signal } : {})
    }
  }
}
