import { randomUUID } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Session } from 'chdb'
import pLimit from 'p-limit'
import { SessionPool } from './session-pool.ts'
import { StoreBusyError, StoreStateError } from './store-error.ts'

/** Statement-wide values; `undefined` values are left out. */
export type Settings = Readonly<Record<string, string | number | boolean | undefined>>

/** One statement for the embedded engine. */
export interface Statement {
  readonly sql: string
  readonly settings?: Settings
  /** Values of `{name:Type}` placeholders, in ClickHouse's escaped text form. */
  readonly params?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Output format where the SQL names none. */
  readonly format?: string
  /** True for a SELECT that changes nothing in its session beside the settings and values given here; default false. */
  readonly reads?: boolean
}

/** A finished statement: its output as bytes, and the engine's own figures. */
export interface StatementResult {
  readonly bytes: Uint8Array
  readonly rowsRead: number
  readonly bytesRead: number
  readonly seconds: number
}

/**
 * Every session starts with these. The query condition cache answers wrongly after a filtered vector search in
 * ClickHouse 26.7 (count() 0 instead of 298; upstream fix 112086 is not in chDB 3.4.0). Quoted 64-bit integers are
 * what a server sends. A dead URL would otherwise be tried for two minutes.
 */
const ENGINE_ARGUMENTS = [
  '--use_query_condition_cache=0',
  '--output_format_json_quote_64bit_integers=1',
  '--async_insert=0',
  '--http_max_tries=2',
]

/**
 * Statements run on libuv's threads, of which Node starts four: one stays free, or neither a file could be read nor
 * a running statement be killed.
 */
const CONCURRENT_STATEMENTS = 3

/**
 * ClickHouse's engine inside this process, on one folder. An anchor session keeps the engine alive; a statement runs
 * in a session of its own, because one that was used before leaks the rows of a failed statement and its settings into
 * the next (chDB 3.4.0). Only a read may have the session of an earlier read, which succeeded and set the same names.
 */
export class EmbeddedEngine {
  readonly path: string
  readonly #arguments: readonly string[]
  readonly #chdb: typeof import('chdb')
  readonly #anchor: Session
  readonly #readers: SessionPool
  readonly #limit = pLimit(CONCURRENT_STATEMENTS)
  readonly #running = new Set<Promise<unknown>>()
  #closed = false

  private constructor(chdb: typeof import('chdb'), path: string, extra: readonly string[]) {
    this.#chdb = chdb
    this.path = path
    this.#arguments = [...ENGINE_ARGUMENTS, ...extra]
    this.#anchor = this.#session()
    this.#readers = new SessionPool(() => this.#session())
  }

  /**
   * Opens the folder, creating it if need be; `arguments_` are given to the engine as command line arguments.
   * @throws StoreBusyError when another process has it open, StoreStateError when this one has another folder open.
   */
  static async open(path: string, arguments_: readonly string[] = []): Promise<EmbeddedEngine> {
    const folder = resolve(path)
    await mkdir(folder, { recursive: true })
    if (await lockedElsewhere(folder)) throw busy(folder)
    // Loaded on first use: the engine is 540 MB, and a process with a server's address never needs it.
    const { default: chdb } = await import('chdb')
    try {
      return new EmbeddedEngine(chdb, folder, arguments_)
    } catch (error) {
      throw openingError(folder, error)
    }
  }

  /** Runs one statement to its end. Aborting kills it inside the engine; the promise then rejects with the reason. */
  run(statement: Statement): Promise<StatementResult> {
    if (this.#closed) return Promise.reject(new StoreStateError(`The embedded store ${this.path} is closed.`))
    const work = this.#limit(() => this.#execute(statement))
    this.#running.add(work)
    const settled = () => this.#running.delete(work)
    work.then(settled, settled)
    return work
  }

  /** Waits for running statements, closes the folder and lets another process, or this one, open it again. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#running)
    this.#readers.close()
    this.#anchor.close()
    await this.#chdb.drainPending()
  }

  async #execute(statement: Statement): Promise<StatementResult> {
    const { sql, settings, params, signal, format, reads = false } = statement
    signal?.throwIfAborted()
    // The session's only handle from outside is its tag; a caller's own log_comment is kept in front of it.
    const tag = [settings?.log_comment, randomUUID()].filter(Boolean).join(' ')
    const set = assignments({ ...settings, log_comment: tag }, params)
    const names = [...set.keys()].sort().join()
    const session = reads ? this.#readers.take(names) : this.#session()
    const kill = () => void this.#kill(tag)
    signal?.addEventListener('abort', kill, { once: true })
    let succeeded = false
    try {
      const preamble = [...set].map(([name, value]) => `${name} = ${value}`).join(', ')
      const result = await session.queryAsync(`SET ${preamble}; ${sql}`, { format: format ?? 'TabSeparated' })
      const { rowsRead, bytesRead, elapsed } = result
      succeeded = true
      return { bytes: result.bytes(), rowsRead, bytesRead, seconds: elapsed }
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', kill)
      if (reads && succeeded) this.#readers.giveBack(names, session)
      else session.close()
    }
  }

  /** Until it has killed something: the statement may not have reached the engine yet. */
  async #kill(tag: string): Promise<void> {
    for (let attempt = 0; attempt < 20 && !this.#closed; attempt++) {
      const sql = `KILL QUERY WHERE Settings['log_comment'] = ${quote(tag)} ASYNC`
      const killed = await this.#anchor.queryAsync(sql, { format: 'JSONEachRow' }).catch(() => undefined)
      if (killed && killed.bytes().length > 0) return
      await new Promise((done) => setTimeout(done, 50))
    }
  }

  #session(): Session {
    return new this.#chdb.Session(this.path, { connectionArgs: this.#arguments })
  }
}

/** What a statement's session is told before it, by name. */
function assignments(settings: Settings, params: Readonly<Record<string, string>> = {}): Map<string, string | number> {
  const set = new Map<string, string | number>()
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined) set.set(identifier(name), typeof value === 'string' ? quote(value) : Number(value))
  }
  for (const [name, value] of Object.entries(params)) set.set(`param_${identifier(name)}`, quote(value))
  return set
}

function identifier(name: string): string {
  if (/^\w+$/.test(name)) return name
  throw new StoreStateError(`"${name}" is no name of a setting or parameter: letters, digits and _ make one.`)
}

/** A ClickHouse string literal. */
export function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function openingError(folder: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error)
  // The engine prints the reason (code 76, another instance) and tells the caller only that it did not open.
  if (/Code: 76\b|Failed to create connection/.test(message)) return busy(folder, error)
  return new StoreStateError(`The embedded store ${folder} does not open: ${message}`, { cause: error })
}

function busy(folder: string, cause?: unknown): StoreBusyError {
  return new StoreBusyError(
    `The store ${folder} is in use by another process; one process at a time can open an embedded store, so wait for it to end.`,
    { cause },
  )
}

/** True when another process holds the engine's lock on the folder; found out on Linux without trying to open it. */
async function lockedElsewhere(folder: string): Promise<boolean> {
  const file = await stat(join(folder, 'status')).catch(() => undefined)
  const locks = file && (await readFile('/proc/locks', 'utf8').catch(() => undefined))
  if (!locks) return false
  // e.g. `1: FLOCK ADVISORY WRITE 4711 08:01:131072 0 EOF`
  return locks.split('\n').some((line) => {
    const [, kind, , , pid, place] = line.trim().split(/\s+/)
    return kind === 'FLOCK' && Number(pid) !== process.pid && place?.split(':')[2] === String(file.ino)
  })
}
