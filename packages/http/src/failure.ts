/** Why a request brought nothing: one word a kind, the same wherever it is counted, logged or retried. */
export type FailureKind =
  | 'bad_url'
  | 'blocked_address'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'incomplete'
  | 'bad_response'
  | 'too_large'
  | 'redirects'
  | 'status'
  | 'opted_out'
  | 'host_gave_up'

/** What is known about a failed request beside its kind. */
export interface FailureFacts {
  readonly url: string
  /** HTTP status of the last answer, for the kind `status`. */
  readonly status?: number
  /** Milliseconds that the host asked us to wait (Retry-After). */
  readonly retryAfterMs?: number
  /** What the refusal rests on, word for word: a header's value, a robots.txt rule. */
  readonly evidence?: string
  /** For `host_gave_up`: what the host kept failing with. */
  readonly because?: FailureKind
  readonly cause?: unknown
}

const CURABLE = new Set<FailureKind>(['dns', 'connect', 'timeout', 'incomplete'])
const CURABLE_STATUS = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])

/** A request that failed in a way the outside world is answerable for. Anything else thrown here is a bug. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure'
  readonly exitCode = 1
  readonly kind: FailureKind
  readonly url: string
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly evidence: string | undefined
  readonly because: FailureKind | undefined
  /** Whether asking again, later, may bring another answer. */
  readonly retryable: boolean

  constructor(kind: FailureKind, message: string, facts: FailureFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.kind = kind
    this.url = facts.url
    this.status = facts.status
    this.retryAfterMs = facts.retryAfterMs
    this.evidence = facts.evidence
    this.because = facts.because
    this.retryable = kind === 'status' ? CURABLE_STATUS.has(facts.status ?? 0) : CURABLE.has(kind)
  }
}

/** Error codes of Node, c-ares and undici, by what they mean for a request. */
const CODES: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  EREFUSED: 'dns',
  EBADNAME: 'dns',
  EBADRESP: 'dns',
  EFORMERR: 'dns',
  ETIMEOUT: 'dns',
  ECONNREFUSED: 'connect',
  ECONNRESET: 'connect',
  ECONNABORTED: 'connect',
  EPIPE: 'connect',
  EHOSTUNREACH: 'connect',
  EHOSTDOWN: 'connect',
  ENETUNREACH: 'connect',
  ENETDOWN: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'connect',
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_SOCKET: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'bad_response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'incomplete',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
  EPROTO: 'tls',
}

const CERTIFICATE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|UNABLE_TO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/

function kindOf(error: { name?: unknown; code?: unknown; syscall?: unknown }): FailureKind | undefined {
  // undici gives its parser's error a code only sometimes.
  if (error.name === 'HTTPParserError') return 'bad_response'
  if (typeof error.code !== 'string') return undefined
  // c-ares says ECONNREFUSED when the name server does: that is about the name, not the host.
  if (typeof error.syscall === 'string' && /^(query|getaddrinfo)/.test(error.syscall)) return 'dns'
  if (CERTIFICATE.test(error.code)) return 'tls'
  return CODES[error.code]
}

/**
 * Turns whatever a request threw into a `RequestFailure`: the one place where error codes get their meaning. Looks
 * through `cause` chains and the attempts of an `AggregateError`. Throws the error itself when it is none of the
 * outside world's doing.
 *
 * @param phase `body` once the header has arrived: a connection lost then is `incomplete`, not `connect`.
 */
export function asFailure(error: unknown, url: string, phase: 'head' | 'body' = 'head'): RequestFailure {
  let cause = error
  for (let depth = 0; depth < 8 && typeof cause === 'object' && cause !== null; depth++) {
    if (cause instanceof RequestFailure) return cause
    const found = kindOf(cause)
    if (found !== undefined) {
      const kind = phase === 'body' && found === 'connect' ? 'incomplete' : found
      return new RequestFailure(kind, `${url}: ${(cause as Error).message}`, { url, cause: error })
    }
    cause = (cause as Error).cause ?? (cause as AggregateError).errors?.[0]
  }
  throw error
}
