import { asFailure, RequestFailure } from '@promptloom/http/failure'
import { retryAfterMs } from '@promptloom/http/retry-after'
import type { Fetch } from './acquisition.ts'
import { DownloadError } from './download-error.ts'

/** One GET request. */
export interface ExchangeRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly signal: AbortSignal
  /** How messages name what is asked for; without secrets. */
  readonly name: string
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MOST_REDIRECTS = 10
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * Sends one GET without following redirects; nothing of the answer is unpacked, so that its length, its ranges and
 * its checksum are those of the bytes that arrive.
 * @throws DownloadError, retryable, when no answer comes.
 */
export async function exchange(request: ExchangeRequest): Promise<Response> {
  const { url, fetch, signal, name } = request
  const headers = { 'accept-encoding': 'identity', ...request.headers }
  try {
    return await fetch(url, { headers, redirect: 'manual', signal })
  } catch (error) {
    throw requestFailed(error, { name, url, signal })
  }
}

/**
 * Sends a GET and follows redirects. Authorization goes to the first origin alone, and an https address is never
 * left for a plain one.
 */
export async function exchangeFollowing(request: ExchangeRequest): Promise<Response & { readonly finalUrl: string }> {
  let { url } = request
  let headers: Readonly<Record<string, string>> = request.headers ?? {}
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await exchange({ ...request, url, headers })
    const target = redirectTarget(response, url)
    if (!target) return Object.assign(response, { finalUrl: url })
    await response.body?.cancel()
    if (new URL(target).origin !== new URL(url).origin) headers = withoutCredentials(headers)
    url = target
  }
  throw new DownloadError('failed_request', `${request.name} redirects more than ${MOST_REDIRECTS} times.`)
}

/** Where an answer redirects to, absolute; undefined when it doesn't. */
export function redirectTarget(response: Response, from: string): string | undefined {
  const location = response.headers.get('location')
  if (!REDIRECTS.has(response.status) || location === null) return undefined
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined
  const safe = target?.protocol === 'https:' || (target?.protocol === 'http:' && !from.startsWith('https:'))
  if (target && safe) return target.href
  throw new DownloadError(
    'failed_request',
    `${new URL(from).origin} redirects to an address that is not safe to follow.`,
  )
}

/** The error that stands for a status other than 2xx. */
export function statusError(response: Response, name: string, detail = ''): DownloadError {
  const { status, headers } = response
  const afterMs = retryAfterMs(headers.get('retry-after') ?? undefined, Date.now())
  const facts = { retryable: TRANSIENT.has(status), ...(afterMs === undefined ? {} : { afterMs }) }
  const said = detail ? `: ${detail}` : ''
  if (status === 404 || status === 410) {
    return new DownloadError('not_found', `${name} is not there (HTTP ${status}${said}); check its address.`)
  }
  if (status === 401 || status === 403) {
    return new DownloadError('forbidden', `${name} is refused (HTTP ${status}${said}); it may need other credentials.`)
  }
  const kind = status === 429 ? 'rate_limited' : 'failed_request'
  return new DownloadError(kind, `${name} was answered with HTTP ${status}${said}.`, facts)
}

/** Turns what a request or its body threw into one error; an abort stays what it is, and so does a bug. */
export function requestFailed(
  error: unknown,
  { name, url, signal }: { name: string; url: string; signal: AbortSignal },
): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof DownloadError) return error
  const failure = error instanceof RequestFailure ? error : asFailure(error, new URL(url).origin, 'body')
  const { retryable, message } = failure
  const afterMs = failure.retryAfterMs
  const facts = { retryable, cause: failure, ...(afterMs === undefined ? {} : { afterMs }) }
  return new DownloadError('failed_request', `${name} could not be read: ${message}`, facts)
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const secret = /^(authorization|cookie|proxy-authorization)$/i
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.test(name)))
}
