import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { allowedMethods } from './allowed-methods.ts'
import { BODY_LIMITS, type BodyLimits } from './body.ts'
import { requestFor, responseFor } from './exchange.ts'
import { type GuardOptions, guard, same, TOKEN_COOKIE } from './guard.ts'
import { openApiDocument } from './openapi.ts'
import { type Failure, failureOf, RequestError } from './request-error.ts'
import type { Route } from './route.ts'
import { answerUnreadable } from './unreadable-request.ts'

/** What a server serves, and to whom; everything but the routes has a default. */
export interface ServerOptions extends Partial<GuardOptions> {
  readonly routes: readonly Route[]
  /** Default 0: any free port. */
  readonly port?: number
  readonly limits?: Partial<BodyLimits>
  /** Milliseconds until an answer must be there; event streams are not bounded. Default 30,000. */
  readonly timeoutMs?: number
  /** Requests answered at the same time; more are told to come back. Default 64. */
  readonly concurrency?: number
  /** Answers whatever no route does, e.g. a page and its files; undefined: 404. It passes the same guard. */
  readonly fallback?: (request: Request) => Promise<Response | undefined>
  /** Hears of errors that are not the client's. */
  readonly onError?: (error: unknown, request: { method: string; path: string }) => void
}

/** A server that listens. Disposing of it lets answers in work end and closes every connection. */
export interface RunningServer extends AsyncDisposable {
  /** E.g. `http://127.0.0.1:7878`. */
  readonly url: string
  readonly port: number
}

/** Headers of every answer: nothing is guessed, framed, cached by others, or used by other sites' pages. */
const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

/** Answers of the API show no page; a page brings a policy of its own. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Where the description of the routes lies. */
const DESCRIPTION = { method: 'GET', path: '/openapi.json' } as const

/** Milliseconds that an idle connection is kept, that a header and that a whole request may take. */
const KEEP_ALIVE_MS = 10_000
const HEADER_MS = 10_000
const REQUEST_MS = 60_000

/**
 * Starts a server for the given routes. Every request passes the guard, is checked by its endpoint's own schemas, and
 * is answered in time or told why not. `/openapi.json` describes the routes.
 * @throws RequestError when it would listen beyond loopback without a token; the system's error when it cannot listen.
 */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 0 } = options
  const app = application({ ...options, host })
  const server = createAdaptorServer({
    fetch: async (request) => protect(await app.fetch(request)),
    overrideGlobalObjects: false,
  }) as Server
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.headersTimeout = HEADER_MS
  server.requestTimeout = REQUEST_MS
  answerUnreadable(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${bound}`,
    port: bound,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const impatient = setTimeout(() => server.closeAllConnections(), 2_000).unref()
      await closed
      clearTimeout(impatient)
    },
  }
}

function protect(response: Response): Response {
  for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value)
  return response
}

/** The application without its socket. */
function application(options: ServerOptions & { readonly host: string }): Hono {
  const { routes, timeoutMs = 30_000, concurrency = 64, token, onError = () => undefined } = options
  const check = guard(options)
  const limits = { ...BODY_LIMITS, ...options.limits }
  const document = JSON.stringify(openApiDocument(routes.map(({ endpoint }) => endpoint)))
  const allowed = allowedMethods([...routes.map(({ endpoint }) => endpoint), DESCRIPTION])
  const app = new Hono()
  let inWork = 0
  app.use(async (context, next) => {
    const { path, method } = context.req
    const open = routes.some(({ endpoint }) => endpoint.open && endpoint.path === path)
    const given = token === undefined ? undefined : context.req.query('token')
    if (token !== undefined && given !== undefined && method === 'GET' && same(given, token)) {
      return welcome(context.req.url, token)
    }
    check({ method, headers: context.req.raw.headers, open })
    if (inWork >= concurrency) throw new RequestError(503, 'busy', 'Too many requests at once; ask again in a moment.')
    inWork++
    try {
      await next()
    } finally {
      inWork--
    }
  })
  app.get(DESCRIPTION.path, () => new Response(document, { headers: { 'content-type': 'application/json' } }))
  for (const route of routes) {
    const { endpoint } = route
    const streams = Object.values(endpoint.answers).some(({ media }) => media?.includes('text/event-stream'))
    app.on(endpoint.method, endpoint.path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
      const gone = context.req.raw.signal
      const signal = streams ? gone : AbortSignal.any([gone, AbortSignal.timeout(timeoutMs)])
      const request = await requestFor(context, endpoint, { limits, signal })
      const response = responseFor(await inTime(route.answer(request as never), signal))
      // A page that a route serves brings its own.
      if (!response.headers.has('content-security-policy')) {
        response.headers.set('content-security-policy', API_POLICY)
      }
      return response
    })
  }
  app.notFound(async ({ req }) => {
    const allow = allowed(req.path).join(', ')
    if (allow) {
      const message = `${req.method} is no method of ${req.path}; it is answered for ${allow}.`
      return failed({ status: 405, code: 'method_not_allowed', message, unexpected: false }, { allow })
    }
    const response = await options.fallback?.(req.raw)
    const text = `There is nothing at ${req.method} ${req.path}; /openapi.json says what there is.`
    return response ?? failed({ status: 404, code: 'not_found', message: text, unexpected: false })
  })
  app.onError((error, { req }) => {
    const failure = failureOf(error)
    if (failure.unexpected) onError(error, { method: req.method, path: req.path })
    return failed(failure)
  })
  return app
}

/** Gives up waiting when the time is up, even where the work takes no notice. */
async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {}
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, ended])
  } finally {
    signal.removeEventListener('abort', stop)
    work.catch(() => undefined)
  }
}

function failed({ status, code, message }: Failure, more: Readonly<Record<string, string>> = {}): Response {
  // What is too much now may be answered in a moment; clients and proxies keep to this by themselves.
  const later = code === 'busy' || code === 'unavailable' ? { 'retry-after': '1' } : {}
  const headers = { 'content-type': 'application/json', 'content-security-policy': API_POLICY, ...later, ...more }
  return new Response(JSON.stringify({ error: { code, message } }), { status, headers })
}

/** Keeps the token of a link in a cookie and takes it out of the address, which would be kept in the history. */
function welcome(address: string, token: string): Response {
  const url = new URL(address)
  url.searchParams.delete('token')
  const cookie = `${TOKEN_COOKIE}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict`
  return new Response(null, { status: 303, headers: { location: url.pathname + url.search, 'set-cookie': cookie } })
}
