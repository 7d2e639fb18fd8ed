import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from '@clickhouse/client'
import { StatementError, StoreError, StoreUnreachableError } from './store-error.ts'

/** How one statement is sent. */
export interface StatementOptions {
  readonly params?: Readonly<Record<string, unknown>>
  readonly settings?: ClickHouseSettings
  readonly signal?: AbortSignal
  readonly queryId?: string
}

/** Too many parts, too many queries, a timeout, a network error, memory, a read-only replica: another try may do. */
const RETRYABLE = new Set([159, 202, 203, 209, 210, 225, 241, 242, 252, 279, 319, 999])

const READ_ATTEMPTS = 4
/** Milliseconds. */
const READ_PAUSE = 100

/** A statement that took too long once takes too long again. */
function isTimeout(error: StoreError): boolean {
  return error instanceof StatementError && error.code === 159
}

/**
 * A database to send statements to, wherever it is. Every statement is tagged with the run in `log_comment`, so that
 * `system.query_log` tells which run sent it. Failures come as `StatementError` or `StoreUnreachableError`.
 */
export class Database {
  readonly name: string
  readonly #client: ClickHouseClient
  readonly #settings: ClickHouseSettings

  constructor(client: ClickHouseClient, name: string, settings: ClickHouseSettings = {}) {
    this.#client = client
    this.name = name
    this.#settings = settings
  }

  /**
   * All rows of a SELECT, tried again a few times when the answer does not arrive whole: reading twice does no harm.
   * Integers of 64 bits may come as strings or numbers: use `Number(…)`.
   */
  async rows<T>(query: string, options: StatementOptions = {}): Promise<T[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#rowsOnce<T>(query, options)
      } catch (error) {
        const again = error instanceof StoreError && error.retryable && !isTimeout(error) && attempt < READ_ATTEMPTS
        if (!again) throw error
        await sleep(READ_PAUSE * 2 ** attempt, undefined, options.signal ? { signal: options.signal } : {})
      }
    }
  }

  async #rowsOnce<T>(query: string, options: StatementOptions): Promise<T[]> {
    return this.#guarded(async () => {
      // One JSON document: a truncated one cannot be mistaken for a shorter answer, as truncated lines can.
      const result = await this.#client.query({ query, format: 'JSON', ...this.#request(options, { whole: true }) })
      return (await result.json<T>()).data
    }, options)
  }

  /** The first row of a SELECT; undefined where there is none. */
  async row<T>(query: string, options: StatementOptions = {}): Promise<T | undefined> {
    return (await this.rows<T>(query, options))[0]
  }

  /** Runs a statement that answers nothing. */
  async command(query: string, options: StatementOptions = {}): Promise<void> {
    await this.#guarded(() => this.#client.command({ query, ...this.#request(options) }), options)
  }

  /** Runs an INSERT that ends in `FORMAT …` with the stream as its data. */
  async send(query: string, values: Readable, options: StatementOptions = {}): Promise<void> {
    await this.#guarded(async () => {
      const { stream } = await this.#client.exec({ query, values, ...this.#request(options) })
      for await (const _ of stream);
    }, options)
  }

  /** Bytes of a SELECT that names its FORMAT, as they arrive. */
  async bytes(query: string, options: StatementOptions = {}): Promise<Readable> {
    return this.#guarded(async () => (await this.#client.exec({ query, ...this.#request(options) })).stream, options)
  }

  #request(options: StatementOptions, { whole = false } = {}) {
    return {
      ...(options.params ? { query_params: options.params as Record<string, unknown> } : {}),
      clickhouse_settings: {
        ...this.#settings,
        // An error after the first rows would otherwise end an answer early, with status 200.
        ...(whole ? { wait_end_of_query: 1 as const } : {}),
        ...options.settings,
      },
      ...(options.signal ? { abort_signal: options.signal } : {}),
      ...(options.queryId ? { query_id: options.queryId } : {}),
    }
  }

  async #guarded<T>(work: () => Promise<T>, { signal }: StatementOptions): Promise<T> {
    // The client only listens for an abort that is still to come.
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      throw explained(error)
    }
  }
}

/** The error of one statement in our own terms. */
function explained(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error
  if (error instanceof ClickHouseError) {
    const code = Number(error.code)
    return new StatementError(`The database refused a statement (code ${code}): ${error.message}`, {
      code,
      retryable: RETRYABLE.has(code),
      cause: error,
    })
  }
  return new StoreUnreachableError(`The database gave no usable answer: ${error.message}`, { cause: error })
}
