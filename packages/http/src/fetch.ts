import { fetch, type RequestInit, type Response as UndiciResponse } from 'undici'
import type { PoliteClient } from './client.ts'
import { parseAddress, statusFailure } from './exchange.ts'
import { asFailure, RequestFailure } from './failure.ts'
import { verdictOf } from './host-gate.ts'

/** How a `fetch` made of a polite client differs from the client's own limits. */
export interface PoliteFetchOptions {
  /** Longest body in bytes, unpacked; default none, since downloads are large and are streamed. */
  readonly maxBytes?: number
  /** Milliseconds from the request to its answer's header, a hop; default the client's `headersTimeoutMs`. */
  readonly headersTimeoutMs?: number
}

/** The `fetch` that other packages take as a parameter. */
export type Fetch = typeof globalThis.fetch

type Prepared = RequestInit & { readonly headers: Record<string, string> }

const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Credentials; never sent on to another origin (WHATWG Fetch, HTTP-redirect fetch). */
const SECRETS = new Set(['authorization', 'cookie', 'proxy-authorization'])

/**
 * A WHATWG `fetch` over a polite client: guarded connections on every hop, the host's pace, Retry-After pauses and
 * give-up, the global limit, the client's User-Agent unless one is given. It tries once: whoever calls it knows what
 * may be sent twice, and has `retry`. Rejects with `RequestFailure`, or with the caller's own abort reason; a status
 * other than 2xx is a response, as everywhere.
 *
 * The host's turn is over when the header has arrived. Bodies are streamed, without a total time limit but with the
 * client's `idleTimeoutMs` between two chunks. User and password in the address are sent as Basic credentials, to its
 * own origin alone. Opt-out headers and robots.txt are for collectors, not for API calls.
 */
export function politeFetch(client: PoliteClient, options: PoliteFetchOptions = {}): Fetch {
  const headersTimeout = options.headersTimeoutMs ?? client.limits.headersTimeoutMs
  const dispatcher = client.agent.compose(
    (dispatch) => (sent, handler) => dispatch({ ...sent, headersTimeout }, handler),
  )
  return async (input, init = {}) => {
    const given = input instanceof Request ? fromRequest(input, init) : init
    const address = input instanceof Request ? input.url : String(input)
    const { url: first, authorization } = withoutCredentials(parseAddress(address))
    let url = first
    let request = await prepare(given as unknown as RequestInit, {
      'user-agent': client.limits.userAgent,
      ...(authorization === undefined ? {} : { authorization }),
    })
    for (let hops = 0; hops <= client.limits.maxRedirects; hops++) {
      const response = await oneHop(client, url, { ...request, dispatcher })
      const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null
      if (location === null || given.redirect === 'manual') return finished(response, url, hops > 0, options.maxBytes)
      await response.body?.cancel()
      if (given.redirect === 'error') {
        throw new RequestFailure('redirects', `${url} redirects, which the caller does not want.`, { url: url.href })
      }
      const next = withoutCredentials(parseAddress(location, url)).url
      request = redirected(request, response.status, next.origin === url.origin)
      url = next
    }
    const message = `${first} redirects more than ${client.limits.maxRedirects} times.`
    throw new RequestFailure('redirects', message, { url: first.href })
  }
}

async function oneHop(client: PoliteClient, url: URL, init: Prepared): Promise<UndiciResponse> {
  const pass = await client.gates.gate(url.host).enter(url.href)
  const release = await client.slots.take()
  const begun = performance.now()
  try {
    const response = await fetch(url, { ...init, redirect: 'manual' })
    const failure = statusFailure(url, response.status, Object.fromEntries(response.headers))
    pass.settle(verdictOf(failure, performance.now() - begun))
    return response
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason
    const failure = asFailure(error, url.href)
    pass.settle(verdictOf(failure, performance.now() - begun))
    throw failure
  } finally {
    pass.settle({ kind: 'neutral' })
    release()
  }
}

function fromRequest({ method, headers, body, signal }: Request, init: object): globalThis.RequestInit {
  return { method, headers, body, signal, ...(body ? { duplex: 'half' } : {}), ...init }
}

/** User and password of an address, as a header: a fetch takes none in a URL, and no report should tell them. */
function withoutCredentials(address: URL): { readonly url: URL; readonly authorization?: string } {
  const { username, password } = address
  if (username === '' && password === '') return { url: address }
  const url = new URL(address)
  url.username = url.password = ''
  const pair = [username, password].map(decodeURIComponent).join(':')
  return { url, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** Adds our own headers where none are given; packs a form, since undici's fetch knows only the forms of its own making. */
async function prepare(init: RequestInit, ours: Record<string, string>): Promise<Prepared> {
  const headers = Object.fromEntries(new Headers(init.headers as Record<string, string>))
  const own = { ...ours, ...headers }
  if (!((init.body as unknown) instanceof globalThis.FormData)) return { ...init, headers: own }
  const packed = new globalThis.Response(init.body as unknown as globalThis.FormData)
  const type = packed.headers.get('content-type') ?? 'multipart/form-data'
  return { ...init, headers: { ...own, 'content-type': type }, body: await packed.arrayBuffer() }
}

/** What is sent to the next hop: no secrets to another origin, and no body after 303 or a rewritten POST. */
function redirected(init: Prepared, status: number, sameOrigin: boolean): Prepared {
  const method = init.method?.toUpperCase() ?? 'GET'
  const becomesGet = (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST')
  const headers = Object.fromEntries(
    Object.entries(init.headers).filter(
      ([name]) => (sameOrigin || !SECRETS.has(name)) && !(becomesGet && name.startsWith('content-')),
    ),
  )
  return becomesGet ? { ...init, headers, method: 'GET', body: null } : { ...init, headers }
}

/** The answer as the platform's own class, its body passed on up to `maxBytes` and then failed. */
function finished(
  answer: UndiciResponse,
  url: URL,
  redirected: boolean,
  maxBytes = Number.POSITIVE_INFINITY,
): Response {
  let bytes = 0
  const cap = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes <= maxBytes) controller.enqueue(chunk)
      else
        controller.error(new RequestFailure('too_large', `${url} is longer than ${maxBytes} bytes.`, { url: url.href }))
    },
  })
  const source = answer.body as unknown as ReadableStream<Uint8Array> | null
  const body = source && Number.isFinite(maxBytes) ? source.pipeThrough(cap) : source
  if (answer.status > 599) {
    throw new RequestFailure('bad_response', `${url} answered ${answer.status}, which HTTP does not have.`, {
      url: url.href,
    })
  }
  const response = new Response(body, {
    status: answer.status,
    statusText: answer.statusText,
    headers: [...answer.headers],
  })
  return Object.defineProperties(response, { url: { value: url.href }, redirected: { value: redirected } })
}
