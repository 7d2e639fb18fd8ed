import type { RequestFailure } from '@promptloom/http/failure'
import type { OutcomeKind } from '@promptloom/runner/stage'

/** Every way a row can end, and whether another run tries it again (`transient`). */
export const OUTCOMES = {
  /** The picture is in the archive. */
  ok: 'ok',
  /** Same bytes as an earlier row of the shard, and that row's picture. */
  duplicate: 'ok',
  no_url: 'final',
  bad_url: 'final',
  missing_file: 'final',
  http_403: 'final',
  http_404: 'final',
  http_4xx: 'final',
  /** Asked too often (429) or too early (425). */
  http_429: 'transient',
  http_5xx: 'transient',
  redirects: 'final',
  dns: 'transient',
  connect: 'transient',
  tls: 'transient',
  timeout: 'transient',
  /** The connection ended before the body did. */
  incomplete: 'transient',
  bad_response: 'transient',
  host_gave_up: 'transient',
  blocked_address: 'final',
  opted_out: 'final',
  too_large: 'final',
  not_an_image: 'final',
  unsupported_format: 'final',
  truncated: 'final',
  corrupt: 'final',
  /** Its decoding took longer than any honest picture's. */
  decode_timeout: 'final',
  too_many_pixels: 'final',
  too_small: 'final',
  wrong_size: 'final',
  placeholder: 'final',
} as const satisfies Readonly<Record<string, OutcomeKind>>

/** Name of an outcome. */
export type Outcome = keyof typeof OUTCOMES

/** The outcome that a failed request gives its row. */
export function outcomeOf(failure: RequestFailure): Outcome {
  if (failure.kind === 'status') return statusOutcome(failure.status ?? 0)
  // A name that nobody can resolve says more about a row than that its host was given up for it.
  if (failure.kind === 'host_gave_up' && failure.because === 'dns') return 'dns'
  return failure.kind
}

function statusOutcome(status: number): Outcome {
  if (status === 404 || status === 410) return 'http_404'
  if (status === 401 || status === 403 || status === 451) return 'http_403'
  if (status === 408) return 'timeout'
  if (status === 425 || status === 429) return 'http_429'
  if (status >= 500) return 'http_5xx'
  return status >= 400 ? 'http_4xx' : 'bad_response'
}
