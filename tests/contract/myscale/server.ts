import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EmbeddedEngine, type StatementResult } from '@promptloom/store/embedded-engine'
import { type DistanceContext, rewriteDistance } from './distance.ts'
import { Faults } from './faults.ts'
import { IndexRegistry } from './index-registry.ts'
import { OWN_SETTINGS, type Profile, TOO_NEW } from './profile.ts'
import { Refusal } from './refusal.ts'
import { readRequest, type SqlRequest } from './request.ts'
import { withSystemTables } from './system-tables.ts'
import { rewriteTextSearch, textDdl } from './text-search.ts'
import { tokenize } from './tokenizer.ts'
import { vectorDdl } from './vector-ddl.ts'

/**
 * A server on loopback that speaks HTTP as MyScale of one profile does, over chDB: it takes and refuses the same
 * statements with the same numbers, builds indexes in the background, and can be told to misbehave. It says nothing
 * of MSTG's recall or speed. Without a profile it is plain ClickHouse.
 */
export class SqlDouble implements AsyncDisposable {
  readonly faults = new Faults()
  readonly registry: IndexRegistry
  /** SQL of every statement that came, in order. */
  readonly statements: string[] = []
  readonly #engine: EmbeddedEngine
  readonly #profile: Profile | undefined
  readonly #server: Server
  readonly #running = new Map<string, string>()

  private constructor(engine: EmbeddedEngine, profile: Profile | undefined) {
    this.#engine = engine
    this.#profile = profile
    this.registry = new IndexRegistry(engine)
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(folder: string, profile?: Profile): Promise<SqlDouble> {
    const double = new SqlDouble(await EmbeddedEngine.open(folder), profile)
    await new Promise<void>((done) => double.#server.listen(0, '127.0.0.1', done))
    return double
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
    await this.#engine.close()
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    await using request = await readRequest(incoming)
    if (request.path === '/ping') return void response.end('Ok.\n')
    this.statements.push(request.sql)
    const fault = this.faults.take(request.sql)
    if (fault === 'html-504')
      return void response.writeHead(504, { 'content-type': 'text/html' }).end('<html>504 Gateway Time-out</html>')
    if (fault === 'idle') return void response.writeHead(503).end('the cluster is starting')
    this.#running.set(request.queryId, request.sql)
    try {
      if (fault === 'cut') {
        response.destroy()
        await new Promise((done) => setTimeout(done, 300))
      }
      if (fault === 'too-many-parts')
        throw new Refusal(
          252,
          'TOO_MANY_PARTS',
          'Too many parts (300). Merges are processing significantly slower than inserts',
        )
      const result = await this.#run(request)
      if (fault === 'lost-answer') response.destroy()
      else this.#send(response, result, fault === 'truncated')
    } catch (error) {
      this.#refuse(response, error)
    } finally {
      this.#running.delete(request.queryId)
    }
  }

  async #run(request: SqlRequest): Promise<StatementResult> {
    const { params } = request
    if (/^\s*KILL\s+QUERY/i.test(request.sql)) return EMPTY
    if (!this.#profile) return this.#engine.run({ ...request, params })
    for (const name of Object.keys(request.settings)) {
      if (TOO_NEW.test(name)) throw new Refusal(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`)
    }
    const tokens = tokenize(request.sql)
    const context = { engine: this.#engine, registry: this.registry, profile: this.#profile, running: this.#running }
    if (await textDdl(tokens, context)) return EMPTY
    if (await vectorDdl(tokens, request.sql, context)) return EMPTY
    if (/reinterpret\(\s*base64Decode/i.test(request.sql)) {
      throw new Refusal(43, 'ILLEGAL_TYPE_OF_ARGUMENT', 'Cannot reinterpret String as Array(Float32)')
    }
    const distance: DistanceContext = { ...context, settings: request.settings, params }
    const search = await rewriteDistance(tokens, request.sql, distance)
    const found = search?.sql ?? (await rewriteTextSearch(tokens, request.sql, context))
    const sql = await withSystemTables(found, context)
    const own = Object.fromEntries(
      Object.entries(request.settings).filter(([name]) => !Object.hasOwn(OWN_SETTINGS, name)),
    )
    const settings = { ...own, materialize_skip_indexes_on_insert: 0, ...search?.settings }
    return this.#engine.run({ sql, params, settings })
  }

  #send(response: ServerResponse, { bytes }: StatementResult, truncated: boolean): void {
    const body = Buffer.from(bytes)
    response.setHeader('X-ClickHouse-Summary', '{}')
    response.end(truncated ? body.subarray(0, body.length / 2) : body)
  }

  #refuse(response: ServerResponse, error: unknown): void {
    if (response.destroyed) return
    const message = error instanceof Error ? error.message : String(error)
    const version = `(version ${this.#profile?.version ?? '26.7.2.1'} (official build))`
    const text =
      error instanceof Refusal
        ? `Code: ${error.code}. DB::Exception: ${message}. (${error.errorName}) ${version}\n`
        : `${message} ${version}\n`
    const code = /^Code: (\d+)/.exec(text)?.[1] ?? '1002'
    response.writeHead(Number(code) === 60 ? 404 : 500, { 'X-ClickHouse-Exception-Code': code }).end(text)
  }
}

const EMPTY: StatementResult = { bytes: new Uint8Array(), rowsRead: 0, bytesRead: 0, seconds: 0 }
