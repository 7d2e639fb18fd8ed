/**
 * How a request for pictures can fail:
 * - `generator_unreachable`: no connection, or it broke;
 * - `generator_timeout`: no pictures within the time allowed;
 * - `generator_busy`: too many requests, or the queue is full (HTTP 429, 503);
 * - `generator_refused`: a content filter said no; asking again does not help;
 * - `generator_denied`: the key or password is missing or wrong (HTTP 401, 403), or the account is out of credit;
 * - `generator_invalid`: the server does not accept the request: an unknown model, a broken workflow, a wrong size;
 * - `generator_malformed`: the answer is not what the protocol promises, or was cut off;
 * - `generator_error`: the server failed while painting.
 */
export type GeneratorOutcome =
  | 'generator_unreachable'
  | 'generator_timeout'
  | 'generator_busy'
  | 'generator_refused'
  | 'generator_denied'
  | 'generator_invalid'
  | 'generator_malformed'
  | 'generator_error'

const RETRYABLE: ReadonlySet<GeneratorOutcome> = new Set([
  'generator_unreachable',
  'generator_timeout',
  'generator_busy',
  'generator_malformed',
  'generator_error',
])

const USERS_MISTAKE: ReadonlySet<GeneratorOutcome> = new Set(['generator_denied', 'generator_invalid'])

/** A request for pictures that ended without them; `outcome` is the name to count it under. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError'
  readonly outcome: GeneratorOutcome
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** 2: the user's mistake; 1: a failure. */
  readonly exitCode: 1 | 2
  /** Milliseconds that the server asked us to wait (Retry-After), where it did. */
  readonly afterMs: number | undefined

  constructor(outcome: GeneratorOutcome, message: string, options: { cause?: unknown; afterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.outcome = outcome
    this.retryable = RETRYABLE.has(outcome)
    this.exitCode = USERS_MISTAKE.has(outcome) ? 2 : 1
    this.afterMs = options.afterMs
  }
}

/** Whether another try may cure the error, and how many milliseconds the server asked to wait: a retry policy's rule. */
export function generatorCures(error: unknown): boolean | { readonly afterMs: number } {
  if (!(error instanceof GeneratorError) || !error.retryable) return false
  return error.afterMs === undefined ? true : { afterMs: error.afterMs }
}
