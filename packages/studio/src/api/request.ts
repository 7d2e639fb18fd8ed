import { ApiFailure, failureOf } from './failure.ts'

/** What a request sends: JSON, or a form with pictures. */
export interface RequestOptions {
  readonly json?: unknown
  readonly form?: FormData
  readonly signal?: AbortSignal | undefined
  /** Whether it goes on when the page is left meanwhile: whatever was said to be done must reach the server. */
  readonly outlivesPage?: boolean
}

/** Bytes of requests that browsers let outlive a page: 64 KiB together (Fetch, “keepalive”), with room for others. */
const MOST_OUTLIVING = 48 * 1024

/**
 * Sends a request to the server that the page came from, and reads its JSON: GET without a body, else POST.
 * @throws ApiFailure; the signal's reason after an abort
 */
export async function request<T>(
  path: string,
  { json, form, signal, outlivesPage = false }: RequestOptions = {},
): Promise<T> {
  const posts = json !== undefined || form !== undefined
  const text = json === undefined ? null : JSON.stringify(json)
  const response = await reach(path, {
    method: posts ? 'POST' : 'GET',
    headers: text === null ? {} : { 'content-type': 'application/json' },
    body: form ?? text,
    signal: signal ?? null,
    // A longer one would be refused outright.
    keepalive: outlivesPage && new Blob([text ?? '']).size <= MOST_OUTLIVING,
  })
  if (!response.ok) throw await failureOf(response)
  return (await response.json()) as T
}

/**
 * Sends a request as it is.
 * @throws ApiFailure where no answer comes; the signal's reason after an abort
 */
export async function reach(path: string, options: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(path, options)
  } catch (cause) {
    options.signal?.throwIfAborted()
    const text = 'The studio’s server does not answer. Is “promptloom studio” still running?'
    throw new ApiFailure(text, { status: 0, code: 'unreachable', cause })
  }
}

/** A path with its parts made safe: `path('api', 'rows', id)`. Ids may hold slashes and whatever else. */
export function pathOf(...parts: readonly (string | number)[]): string {
  return `/${parts.map((part) => encodeURIComponent(part)).join('/')}`
}
