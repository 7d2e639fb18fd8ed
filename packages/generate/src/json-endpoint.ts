import { Agent, fetch, type Response as UndiciResponse } from 'undici'
import { GeneratorError, type GeneratorOutcome } from './generator-error.ts'

/** Where a painting server listens. */
export interface EndpointOptions {
  /** Base address, e.g. `http://127.0.0.1:7860`. */
  readonly url: string
  /** Name and address for messages. */
  readonly label: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Most bytes of one answer; default 256 MiB, a hundred pictures of 2 MB. */
  readonly maxBytes?: number | undefined
}

/**
 * Checks a server's address. Addresses show in labels and messages, so a password has no place in one.
 *
 * @throws GeneratorError `generator_invalid`
 */
export function requireAddress(url: string): void {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new GeneratorError(
      'generator_invalid',
      `"${url}" is no address of a server; give one like http://127.0.0.1:7860.`,
    )
  if (address.username !== '' || address.password !== '')
    throw new GeneratorError(
      'generator_invalid',
      `The address of ${address.host} holds a password; give user and password by themselves instead.`,
    )
}

/** One request. */
export interface RequestOptions {
  readonly signal: AbortSignal
  /** Sent as JSON by POST; without it the request is a GET. */
  readonly body?: unknown
  /** Reads the reason from the body of an error. */
  readonly reason?: (body: unknown) => string | undefined
}

/** A server that speaks JSON over HTTP and may think for minutes before it answers; every request is tried once. */
export class JsonEndpoint {
  readonly url: string
  readonly label: string
  readonly headers: Readonly<Record<string, string>>
  readonly #maxBytes: number
  // Node's own fetch gives up after 300 s without headers, and these servers send none until the picture is there.
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } })

  /** @throws GeneratorError `generator_invalid` for an address that is none */
  constructor(options: EndpointOptions) {
    requireAddress(options.url)
    this.url = options.url.replace(/\/+$/, '')
    this.label = options.label
    this.headers = options.headers ?? {}
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024
  }

  /** The answer's JSON; null for an empty body. */
  async json(path: string, options: RequestOptions): Promise<unknown> {
    const body = await this.bytes(path, options)
    if (body.length === 0) return null
    try {
      return JSON.parse(body.toString('utf8'))
    } catch (cause) {
      throw new GeneratorError('generator_malformed', `${this.label} answered ${path} with what is no JSON.`, { cause })
    }
  }

  /** The answer's bytes. */
  async bytes(path: string, options: RequestOptions): Promise<Buffer> {
    const { response, body } = await this.#exchange(path, options)
    if (response.ok) return body
    if (isRedirect(response.status))
      throw new GeneratorError('generator_invalid', `${this.label}: ${redirected(response.headers.get('location'))}`)
    throw statusError(this.label, response, options.reason?.(parseLoosely(body)) ?? plainReason(body))
  }

  async #exchange(path: string, { signal, body }: RequestOptions) {
    const json = body === undefined ? undefined : JSON.stringify(body)
    try {
      const response = await fetch(this.url + path, {
        dispatcher: this.#agent,
        signal,
        // A picture may lie with another host, which is not told who asks; what is to be painted goes nowhere else.
        redirect: json === undefined ? 'follow' : 'manual',
        method: json === undefined ? 'GET' : 'POST',
        headers: {
          accept: 'application/json, image/*',
          ...(json ? { 'content-type': 'application/json' } : {}),
          ...this.headers,
        },
        ...(json === undefined ? {} : { body: json }),
      })
      return { response, body: await this.#readCapped(response) }
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof GeneratorError) throw cause
      throw new GeneratorError(
        'generator_unreachable',
        `${this.label} can't be reached (${rootOf(cause)}); check the address, and that the server runs.`,
        { cause },
      )
    }
  }

  async #readCapped(response: UndiciResponse): Promise<Buffer> {
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of response.body ?? []) {
      size += piece.byteLength
      if (size > this.#maxBytes)
        throw new GeneratorError(
          'generator_malformed',
          `${this.label} answered with more than ${this.#maxBytes} bytes.`,
        )
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }
}

function statusError(label: string, response: UndiciResponse, reason: string): GeneratorError {
  const afterMs = retryAfter(response.headers.get('retry-after'))
  const said = reason === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${reason.slice(0, 1000)}`
  return new GeneratorError(
    outcomeOf(response.status),
    `${label} answered ${said}`,
    afterMs === undefined ? {} : { afterMs },
  )
}

function outcomeOf(status: number): GeneratorOutcome {
  if (status === 401 || status === 402 || status === 403) return 'generator_denied'
  if (status === 429 || status === 503) return 'generator_busy'
  if (status === 408 || status === 504) return 'generator_timeout'
  if (status >= 500) return 'generator_error'
  return status >= 400 ? 'generator_invalid' : 'generator_malformed'
}

/** Whether a status sends the caller elsewhere. */
export function isRedirect(status: number | undefined): boolean {
  return status !== undefined && Math.floor(status / 100) === 3
}

/** What is said of a request that was sent elsewhere and did not go there. */
export function redirected(location: string | null | undefined): string {
  const target = (location ?? 'an address that it does not say').slice(0, 200)
  return `it redirects to ${target}; nothing was sent there; give that address if it is the right one.`
}

/** Retry-After in milliseconds: seconds, or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfter(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000
  // Date.parse takes almost anything ("-5", "in 5"); an HTTP date begins with the day of the week.
  const ms = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) - Date.now() : Number.NaN
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

function parseLoosely(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function plainReason(body: Buffer): string {
  const text = body.toString('utf8', 0, 2_000).trim()
  return text.startsWith('<') ? '' : text.replace(/\s+/g, ' ')
}

function rootOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : rootOf(error.cause)
}
