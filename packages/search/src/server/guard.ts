import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { RequestError } from './request-error.ts'

/** Who may ask. */
export interface GuardOptions {
  /** Address that the server listens on. */
  readonly host: string
  /** Required of every request where given; must be given unless `host` is a loopback address. */
  readonly token?: string | undefined
  /** Further names under which the server is reached, e.g. behind a proxy. */
  readonly allowedHosts?: readonly string[] | undefined
}

/** What a guard looks at. */
export interface GuardedRequest {
  readonly method: string
  readonly headers: Headers
  /** Whether the endpoint answers without a token. */
  readonly open: boolean
}

/** Cookie that carries the token in a browser, which cannot add headers to pictures and links. */
export const TOKEN_COOKIE = 'promptloom_token'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/**
 * Makes the check that every request passes first.
 *
 * Host: a page of another site may give its own name our address (DNS rebinding) and would then be of our origin; the
 * names that we answer to are therefore listed. Origin and Sec-Fetch-Site: a page of another site may send forms and
 * simple requests to us; a browser says so, and they are refused. Token: compared in constant time.
 *
 * @throws RequestError for a host wider than loopback without a token.
 */
export function guard(options: GuardOptions): (request: GuardedRequest) => void {
  const { host, token, allowedHosts = [] } = options
  if (!token && !isLoopback(host)) {
    throw new RequestError(500, 'no_token', `Listening on ${host} lets others in: a token is required for that.`)
  }
  const names = new Set([...LOOPBACK_NAMES, ...allowedHosts.map((name) => name.toLowerCase())])
  if (isIP(host) === 6) names.add(`[${host}]`)
  else names.add(host.toLowerCase())
  return ({ method, headers, open }) => {
    const name = hostName(headers.get('host'))
    // With a token, the name proves nothing that the token does not: another site's page has none.
    if (!token && !names.has(name)) throw new RequestError(403, 'foreign_host', `This server is not called "${name}".`)
    checkOrigin(method, headers)
    if (token && !open && !carries(headers, token)) {
      throw new RequestError(401, 'token_required', 'A token is required: send "Authorization: Bearer <token>".')
    }
  }
}

function checkOrigin(method: string, headers: Headers): void {
  const origin = headers.get('origin')
  const foreign = origin !== null && (!URL.canParse(origin) || new URL(origin).host !== headers.get('host'))
  const site = headers.get('sec-fetch-site')
  const reads = method === 'GET' || method === 'HEAD'
  // Following a link from elsewhere is fine: it reads, and the other page sees nothing of it.
  const navigates = reads && headers.get('sec-fetch-mode') === 'navigate'
  const crosses = site !== null && site !== 'same-origin' && site !== 'none' && !navigates
  if (foreign || crosses) throw new RequestError(403, 'foreign_origin', 'Pages of other sites may not use this server.')
}

function hostName(header: string | null): string {
  return (header ?? '').toLowerCase().replace(/:\d+$/, '')
}

function carries(headers: Headers, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  const cookies = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='))
  const cookie = cookies.find(([name]) => name === TOKEN_COOKIE)?.[1]
  return (
    (bearer !== undefined && same(bearer, token)) || (cookie !== undefined && same(cookie, encodeURIComponent(token)))
  )
}

/** Whether two secrets are the same, in a time that tells nothing of where they differ. */
export function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
