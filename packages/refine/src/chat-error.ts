import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import { RefineError, type RefineOutcome } from './refine-error.ts'

/** Error codes of OpenAI and Azure that mean "the content is not allowed", whatever the HTTP status. */
const REFUSAL_CODES = new Set(['content_filter', 'content_policy_violation', 'moderation_blocked'])

const ADVICE: Partial<Record<RefineOutcome, string>> = {
  llm_unreachable: 'check the address, and that the server runs',
  llm_busy: 'try again later',
  llm_denied: 'check the API key and the credit of its account',
  llm_invalid: 'check the model and the options',
  llm_error: 'try again later',
}

/**
 * Turns whatever a chat call threw into a RefineError that names the endpoint and the next step.
 * @param keyAdvice the next step where the key is missing or wrong
 */
export function chatError(error: unknown, label: string, keyAdvice = ADVICE.llm_denied): RefineError {
  if (error instanceof RefineError) return error
  const outcome = outcomeOf(error)
  const said = messageOf(error)
  const advice = outcome === 'llm_denied' ? keyAdvice : redirection(error) ? REDIRECTED : ADVICE[outcome]
  return new RefineError(outcome, `${label}: ${said}${advice === undefined ? '.' : `; ${advice}.`}`, {
    cause: error,
    afterMs: error instanceof APIError ? afterMs(error.headers) : undefined,
  })
}

const REDIRECTED = 'nothing was sent there; give that address if it is the right one'

/** Where the server sends its callers; undefined where it does not. */
function redirection(error: unknown): string | undefined {
  if (!(error instanceof APIError) || error.status === undefined || Math.floor(error.status / 100) !== 3)
    return undefined
  return error.headers?.get('location') ?? 'an address that it does not say'
}

function outcomeOf(error: unknown): RefineOutcome {
  if (error instanceof APIConnectionTimeoutError) return 'llm_timeout'
  if (error instanceof APIConnectionError) return 'llm_unreachable'
  if (error instanceof APIError) return outcomeOfStatus(error)
  // The client lets a body that breaks off (TypeError) or is no JSON (SyntaxError) through as it is.
  return error instanceof TypeError || error instanceof SyntaxError ? 'llm_unreachable' : 'llm_error'
}

function outcomeOfStatus(error: APIError): RefineOutcome {
  if (REFUSAL_CODES.has(error.code ?? '')) return 'llm_refused'
  if (error.code === 'insufficient_quota') return 'llm_denied'
  const status = error.status
  if (status === undefined) return 'llm_error'
  if (status === 401 || status === 402 || status === 403) return 'llm_denied'
  if (status === 429 || status === 503 || status === 529) return 'llm_busy'
  if (status === 408 || status === 504) return 'llm_timeout'
  return status >= 500 ? 'llm_error' : 'llm_invalid'
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the call failed'
  const target = redirection(error)
  if (target !== undefined) return `it redirects to ${target.slice(0, 200)}`
  const cause = error.cause instanceof Error ? rootOf(error.cause).message : undefined
  const text = error instanceof APIConnectionError && cause ? `no connection (${cause})` : error.message
  return text.trim().replace(/\s+/g, ' ').slice(0, 500).replace(/\.$/, '')
}

function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error
}

/** System and client errors of a connection that never came about. */
const NO_CONNECTION = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
])

/** Whether a failed call never got as far as the server, so that nothing can have been done or billed for it. */
export function neverArrived(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (NO_CONNECTION.has((one as NodeJS.ErrnoException).code ?? '')) return true
  }
  return false
}

const NUMBER = /^\d+(\.\d+)?$/

/** `retry-after-ms` (OpenAI, Azure), or `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3). */
function afterMs(headers: Headers | undefined): number | undefined {
  const exact = headers?.get('retry-after-ms') ?? ''
  if (NUMBER.test(exact)) return Number(exact)
  const value = headers?.get('retry-after') ?? ''
  if (NUMBER.test(value)) return Number(value) * 1000
  // Date.parse takes almost anything ("-5", "in 5"); an HTTP date begins with the day of the week.
  const ms = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) - Date.now() : Number.NaN
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
