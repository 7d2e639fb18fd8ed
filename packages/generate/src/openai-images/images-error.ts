import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import { GeneratorError, type GeneratorOutcome } from '../generator-error.ts'
import { isRedirect, redirected, retryAfter } from '../json-endpoint.ts'

/** Error codes of OpenAI and Azure that mean "the content is not allowed", whatever the HTTP status. */
const REFUSAL_CODES = new Set(['content_policy_violation', 'moderation_blocked', 'content_filter'])

/** Turns whatever an images call threw into a GeneratorError that names the endpoint. */
export function imagesError(error: unknown, label: string): GeneratorError {
  if (error instanceof GeneratorError) return error
  const said = error instanceof Error ? messageOf(error) : 'the call failed'
  const afterMs = error instanceof APIError ? retryAfter(error.headers?.get('retry-after')) : undefined
  return new GeneratorError(outcomeOf(error), `${label}: ${said}`, {
    cause: error,
    ...(afterMs === undefined ? {} : { afterMs }),
  })
}

function outcomeOf(error: unknown): GeneratorOutcome {
  if (error instanceof APIConnectionTimeoutError) return 'generator_timeout'
  if (error instanceof APIConnectionError || error instanceof TypeError) return 'generator_unreachable'
  if (!(error instanceof APIError)) return 'generator_malformed'
  if (REFUSAL_CODES.has(error.code ?? '')) return 'generator_refused'
  if (error.code === 'insufficient_quota' || error.code === 'billing_hard_limit_reached') return 'generator_denied'
  const status = error.status ?? 500
  if (status === 401 || status === 402 || status === 403) return 'generator_denied'
  if (status === 429 || status === 503) return 'generator_busy'
  if (status === 408 || status === 504) return 'generator_timeout'
  return status >= 500 ? 'generator_error' : 'generator_invalid'
}

function messageOf(error: Error): string {
  if (error instanceof APIError && isRedirect(error.status)) return redirected(error.headers?.get('location'))
  const root = rootOf(error)
  const text = root === error ? error.message : `${error.message} (${root.message})`
  return text.trim().replace(/\s+/g, ' ').slice(0, 1000)
}

function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error
}
