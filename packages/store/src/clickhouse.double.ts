import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'

/** A statement that arrived, with what came beside it. */
export interface Arrived {
  /** On one line. */
  readonly sql: string
  readonly headers: IncomingMessage['headers']
  /** Settings, parameters (`param_…`) and the query id. */
  readonly settings: URLSearchParams
  /** The body of an INSERT. */
  readonly body: Buffer
}

/** Rows to answer with, or a way to misbehave. */
export type Answer =
  | readonly Record<string, unknown>[]
  | { readonly code: number; readonly message: string }
  | { readonly raw: (response: ServerResponse) => void }

/** A server that speaks ClickHouse's HTTP, takes every statement, and answers what it is told to. */
export class ClickHouseDouble implements AsyncDisposable {
  readonly statements: Arrived[] = []
  readonly #answers: [RegExp, (arrived: Arrived) => Answer][] = []
  readonly #server = createServer((request, response) => this.#take(request, response))

  /** Starts one that answers the questions of a store's start as ClickHouse 26.7 does. */
  static async start(): Promise<ClickHouseDouble> {
    const double = new ClickHouseDouble()
    double.answer(/version\(\)/, [{ version: '26.7.2.1', tables: '0' }])
    double.answer(/FROM system\.settings/, [{ name: 'hnsw_candidate_list_size_for_search', value: '256' }])
    await new Promise<void>((done) => double.#server.listen(0, '127.0.0.1', done))
    return double
  }

  /** A client of it; the caller closes it. What goes wrong is the tests' to tell. */
  connect(): ClickHouseClient {
    return createClient({ url: this.url, log: { level: ClickHouseLogLevel.OFF } })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on statements like this get that answer; what was said last holds. */
  answer(pattern: RegExp, answer: Answer | ((arrived: Arrived) => Answer), times = Number.POSITIVE_INFINITY): void {
    let left = times
    const entry: [RegExp, (arrived: Arrived) => Answer] = [
      pattern,
      (arrived) => {
        left -= 1
        if (left === 0) this.#answers.splice(this.#answers.indexOf(entry), 1)
        return typeof answer === 'function' ? answer(arrived) : answer
      },
    ]
    this.#answers.unshift(entry)
  }

  /** Statements that arrived and match, on one line each. */
  sent(pattern: RegExp): string[] {
    return this.statements.map(({ sql }) => sql).filter((sql) => pattern.test(sql))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '', 'http://double')
    const body = Buffer.concat(chunks)
    const form = /name="query"\r\n\r\n([\s\S]*?)\r\n--/.exec(body.toString('latin1'))?.[1]
    const sql = (url.searchParams.get('query') ?? form ?? body.toString()).replace(/\s+/g, ' ').trim()
    const arrived = { sql, headers: request.headers, settings: url.searchParams, body }
    this.statements.push(arrived)
    const answer = this.#answers.find(([pattern]) => pattern.test(sql))?.[1](arrived) ?? []
    if ('raw' in answer) answer.raw(response)
    else if ('code' in answer) {
      response.writeHead(500, { 'x-clickhouse-exception-code': String(answer.code) })
      response.end(`Code: ${answer.code}. DB::Exception: ${answer.message} (A_TEST) (version 26.7.2.1)`)
    } else response.end(JSON.stringify({ meta: [], data: answer, rows: answer.length }))
  }
}
