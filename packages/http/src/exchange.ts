import type { Dispatcher } from 'undici'
import { discardBody, type ReadCap, readBody } from './body.ts'
import { asFailure, RequestFailure } from './failure.ts'
import type { Limits } from './limits.ts'
import { optOut } from './opt-out.ts'
import { retryAfterMs } from './retry-after.ts'

/** A whole answer, status 2xx. */
export interface Reply {
  /** Address that answered, after redirects. */
  readonly url: string
  readonly status: number
  /** Names in lower case; several values of one name as a list. */
  readonly headers: Headers
  readonly body: Buffer
}

/** Header fields of an answer as undici gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** One request and what bounds it. */
export interface Exchange {
  readonly dispatcher: Dispatcher
  readonly limits: Limits
  readonly maxBytes: number
  /** Whether of a longer body the first `maxBytes` do; default false. */
  readonly cut?: boolean | undefined
  readonly accept: string
  readonly signal: AbortSignal
  /** Called when the header is there, with the milliseconds it took. */
  readonly onHead: (latencyMs: number) => void
  /** Called for memory before a body is read; the caller gives it back, also where the reading fails. */
  readonly reserve: ReadCap['reserve']
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * Sends one GET and reads its answer: the address of the next hop, or a whole reply. Throws `RequestFailure` for a
 * status other than 2xx, an opt-out header of any other answer, or anything that goes wrong on the way.
 */
export async function exchange(url: URL, request: Exchange): Promise<URL | Reply> {
  const begun = performance.now()
  const { statusCode, headers, body } = await request.dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'GET',
    headers: {
      'user-agent': request.limits.userAgent,
      accept: request.accept,
      // Pictures are compressed already; packing them again would only cost both sides work.
      'accept-encoding': 'identity',
    },
    signal: request.signal,
  })
  request.onHead(performance.now() - begun)
  try {
    return await answer(url, { statusCode, headers, body }, request)
  } catch (error) {
    body.on('error', () => {}).destroy()
    throw asFailure(error, url.href, 'body')
  }
}

async function answer(
  url: URL,
  { statusCode, headers, body }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>,
  request: Exchange,
): Promise<URL | Reply> {
  const location = REDIRECTS.has(statusCode) ? text(headers.location) : undefined
  if (location === undefined && (statusCode < 200 || statusCode > 299)) {
    await discardBody(body, request.signal)
    throw statusFailure(url, statusCode, headers)
  }
  // Error pages are often marked noindex: that is about the page, and a 503 is to be waited for all the same.
  const evidence = optOut(list(headers['x-robots-tag']), productOf(request.limits.userAgent), request.limits.optOut)
  if (evidence !== undefined) {
    await discardBody(body, request.signal)
    throw new RequestFailure('opted_out', `${url} must not be collected: ${evidence}.`, { url: url.href, evidence })
  }
  if (location !== undefined) {
    await discardBody(body, request.signal)
    return parseAddress(location, url)
  }
  const head = { length: text(headers['content-length']), encoding: text(headers['content-encoding']) }
  const { maxBytes, cut, reserve } = request
  const whole = await readBody(body, head, { url: url.href, maxBytes, cut, reserve })
  return { url: url.href, status: statusCode, headers, body: whole }
}

/** Reads an address; throws a `bad_url` failure for anything but an absolute http or https URL with a host. */
export function parseAddress(address: string, base?: URL): URL {
  const url = URL.canParse(address, base?.href) ? new URL(address, base) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    const message = `"${address}" is no address that can be fetched; expected http:// or https://.`
    throw new RequestFailure('bad_url', message, { url: address })
  }
  url.hash = ''
  return url
}

/** The failure that a status other than 2xx is. */
export function statusFailure(url: URL, status: number, headers: Headers): RequestFailure {
  const wait = retryAfterMs(text(headers['retry-after']), Date.now())
  const facts = { url: url.href, status, ...(wait === undefined ? {} : { retryAfterMs: wait }) }
  return new RequestFailure('status', `${url} answered ${status}.`, facts)
}

/** The product's name in a User-Agent: what stands before the first slash. */
export function productOf(userAgent: string): string {
  return userAgent.split('/', 1)[0]?.trim() ?? userAgent
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? [])
}

function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
