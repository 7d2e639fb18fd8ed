import { Agent, fetch as undiciFetch } from 'undici'

/** Headers that go out where no others are named: what a request needs, who asks, and once only. */
const HEADERS: readonly string[] = [
  'accept',
  'authorization',
  'content-type',
  'content-length',
  'user-agent',
  'idempotency-key',
]

/** What a service is asked with. */
export interface ServiceFetchOptions {
  /** Names of further headers that may go out, in lower case; default none. */
  readonly headers?: readonly string[]
}

/**
 * A `fetch` for a service that the user named, and that is paid or secret: what is sent goes there and nowhere else.
 * A redirect is answered as it came (status 3xx and `location`), because following it would hand the request to
 * whomever the answer names. Only headers that are known go out: client libraries add some of their own from the
 * environment (`OPENAI_CUSTOM_HEADERS`), meant for another service. It sets no time limit: a model may think for longer
 * than the 300 s after which Node's own gives up, so that the caller's signal must end it.
 */
export function serviceFetch({ headers: further = [] }: ServiceFetchOptions = {}): typeof fetch {
  const known = new Set([...HEADERS, ...further])
  let agent: Agent | undefined
  return async (input, init = {}) => {
    agent ??= new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } })
    const sent = [...new Headers(init.headers)].filter(([name]) => known.has(name))
    const request = { ...init, headers: Object.fromEntries(sent), redirect: 'manual', dispatcher: agent }
    // Node's own types of fetch are those of another release of the same library.
    return (await undiciFetch(input as string, request as object)) as unknown as Response
  }
}
