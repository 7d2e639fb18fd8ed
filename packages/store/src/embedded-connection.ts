import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ClickHouseClientConfigOptions, ClickHouseError } from '@clickhouse/client'
import { formatQueryParams } from '@clickhouse/client-common'
import type { EmbeddedEngine, Settings, StatementResult } from './embedded-engine.ts'
import { readingFrom } from './spooled-insert.ts'

/** The client's own contract with its connection, which it does not export by name. */
type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>
type Sent<Verb extends 'query' | 'command' | 'exec' | 'insert'> = Parameters<Connection[Verb]>[0]
type Received<Verb extends 'ping' | 'query' | 'command' | 'exec' | 'insert'> = ReturnType<Connection[Verb]>

/** Settings of ClickHouse's HTTP layer that the client sends by itself and the engine does not know. */
const HTTP_ONLY = new Set([
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'default_format',
])

/**
 * Lets `@clickhouse/client` talk to the embedded engine as it talks to a server: the same calls, parameters, settings
 * and errors. Bodies of inserts are spooled to a file and read by the engine itself, so that binary formats (Parquet,
 * RowBinary, Arrow) arrive as they are. Results are held in memory until read. Closing it closes the engine.
 */
export class EmbeddedConnection implements Connection {
  readonly #engine: EmbeddedEngine
  readonly #spool: string

  constructor(engine: EmbeddedEngine) {
    this.#engine = engine
    this.#spool = join(engine.path, 'spool')
  }

  async query(params: Sent<'query'>): Received<'query'> {
    const result = await this.#run(params.query, params, /^\s*SELECT\b/i.test(params.query))
    return { ...identity(params), stream: readable(result.bytes) }
  }

  async command(params: Sent<'command'>): Received<'command'> {
    return { ...identity(params), summary: summary(await this.#run(params.query, params)) }
  }

  async exec(params: Sent<'exec'>): Received<'exec'> {
    const run = (sql: string) => this.#run(sql, params)
    const result = await (params.values ? this.#spooled(params.query, params.values, run) : run(params.query))
    return { ...identity(params), stream: readable(result.bytes), summary: summary(result) }
  }

  async insert(params: Sent<'insert'>): Received<'insert'> {
    const result = await this.#spooled(params.query, params.values, (sql) => this.#run(sql, params))
    return { ...identity(params), summary: summary(result) }
  }

  async ping(): Received<'ping'> {
    try {
      await this.#run('SELECT 1', {})
      return { success: true }
    } catch (error) {
      return { success: false, error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  async close(): Promise<void> {
    await this.#engine.close()
    await rm(this.#spool, { recursive: true, force: true })
  }

  async #run(sql: string, params: Omit<Sent<'query'>, 'query'>, reads = false): Promise<StatementResult> {
    const values = Object.entries(params.query_params ?? {})
    try {
      return await this.#engine.run({
        sql,
        reads,
        settings: engineSettings(params.clickhouse_settings as Settings | undefined),
        params: Object.fromEntries(values.map(([name, value]) => [name, formatQueryParams({ value })])),
        ...(params.abort_signal ? { signal: params.abort_signal } : {}),
      })
    } catch (error) {
      throw asClientError(error)
    }
  }

  /** Writes the body to a file and has the engine read it in place of the request's body. */
  async #spooled<T>(sql: string, body: string | Readable, run: (sql: string) => Promise<T>): Promise<T> {
    await mkdir(this.#spool, { recursive: true })
    const file = join(this.#spool, randomUUID())
    try {
      await pipeline(typeof body === 'string' ? Readable.from([body]) : body, createWriteStream(file))
      return await run(readingFrom(sql, file))
    } finally {
      await rm(file, { force: true })
    }
  }
}

function engineSettings(settings: Settings = {}): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !HTTP_ONLY.has(name)))
}

function identity(params: { query_id?: string }) {
  return { query_id: params.query_id ?? randomUUID(), response_headers: {}, http_status_code: 200 }
}

function readable(bytes: Uint8Array): Readable {
  const stream = Readable.from(
    bytes.length > 0 ? [Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)] : [],
    {
      objectMode: false,
    },
  )
  // The client destroys unread results with an error of its own; nobody else would listen.
  stream.on('error', () => undefined)
  return stream
}

/** The engine tells how much was read, never how much was written: counts are asked for where they matter. */
function summary(result: StatementResult) {
  return {
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: '0',
    written_bytes: '0',
    result_rows: '0',
    result_bytes: '0',
    total_rows_to_read: '0',
    elapsed_ns: String(Math.round(result.seconds * 1e9)),
  }
}

function asClientError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = /^Code: (\d+)/.exec(error.message)?.[1]
  if (code === undefined) return error
  const type = /\(([A-Z_]+)\)\s*(?:\(version[^)]*\))?\s*$/.exec(error.message)?.[1]
  const mapped = new ClickHouseError({ code, message: error.message, ...(type ? { type } : {}) })
  mapped.cause = error
  return mapped
}
