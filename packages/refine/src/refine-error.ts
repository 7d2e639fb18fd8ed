import type { Usage } from './refiner.ts'

/**
 * How a request for better prompts can fail:
 * - `llm_unreachable`: no connection, or it broke;
 * - `llm_timeout`: no complete answer within the time allowed;
 * - `llm_busy`: too many requests, or the server is overloaded (HTTP 429, 503, 529);
 * - `llm_denied`: the key is missing or wrong, or the account is out of credit (HTTP 401, 402, 403, `insufficient_quota`);
 * - `llm_invalid`: the server does not accept the request: an unknown model or option (other HTTP 4xx);
 * - `llm_refused`: the model or a content filter said no;
 * - `llm_malformed`: the answer was not what was asked for, and neither was its repair;
 * - `llm_error`: the server failed (HTTP 5xx);
 * - `budget`: the call was not made, because it might have cost more than what is left.
 */
export type RefineOutcome =
  | 'llm_unreachable'
  | 'llm_timeout'
  | 'llm_busy'
  | 'llm_denied'
  | 'llm_invalid'
  | 'llm_refused'
  | 'llm_malformed'
  | 'llm_error'
  | 'budget'

const RETRYABLE: ReadonlySet<RefineOutcome> = new Set(['llm_unreachable', 'llm_timeout', 'llm_busy', 'llm_error'])

const EXIT_CODES: Partial<Record<RefineOutcome, 2 | 3>> = { llm_denied: 2, llm_invalid: 2, budget: 3 }

/** What is known about a failure beside its message. */
export interface RefineErrorDetails {
  readonly cause?: unknown
  readonly afterMs?: number | undefined
  readonly usage?: Usage | undefined
}

/** A request for better prompts that ended without them; `outcome` is the name to count it under. */
export class RefineError extends Error {
  override readonly name = 'RefineError'
  readonly outcome: RefineOutcome
  /** Whether the same call may succeed later. A malformed answer was already asked for twice, so it is not. */
  readonly retryable: boolean
  /** 2: the user's mistake; 3: work is left for another budget; 1: any other failure. */
  readonly exitCode: 1 | 2 | 3
  /** Milliseconds that the server asked us to wait (Retry-After), where it did. */
  readonly afterMs: number | undefined
  /** What the failed request has cost all the same; undefined where nothing was answered. */
  readonly usage: Usage | undefined

  constructor(outcome: RefineOutcome, message: string, details: RefineErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.outcome = outcome
    this.retryable = RETRYABLE.has(outcome)
    this.exitCode = EXIT_CODES[outcome] ?? 1
    this.afterMs = details.afterMs
    this.usage = details.usage
  }
}

/** Whether another try may cure the error, and how many milliseconds the server asked to wait: a retry policy's rule. */
export function refineCures(error: unknown): boolean | { readonly afterMs: number } {
  if (!(error instanceof RefineError) || !error.retryable) return false
  return error.afterMs === undefined ? true : { afterMs: error.afterMs }
}
