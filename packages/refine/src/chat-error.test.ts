import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import { describe, expect, test } from 'vitest'
import { chatError } from './chat-error.ts'
import { RefineError } from './refine-error.ts'

const answered = (status: number | undefined, body: object = {}, headers: Record<string, string> = {}) =>
  APIError.generate(status, body, 'it failed', new Headers(headers))

describe('a status', () => {
  test.each([
    [400, 'llm_invalid', false],
    [401, 'llm_denied', false],
    [402, 'llm_denied', false],
    [403, 'llm_denied', false],
    [404, 'llm_invalid', false],
    [408, 'llm_timeout', true],
    [413, 'llm_invalid', false],
    [422, 'llm_invalid', false],
    [429, 'llm_busy', true],
    [500, 'llm_error', true],
    [502, 'llm_error', true],
    [503, 'llm_busy', true],
    [504, 'llm_timeout', true],
    [307, 'llm_invalid', false],
    [529, 'llm_busy', true],
  ])('%i ends as %s; another try may help: %s', (status, outcome, retryable) => {
    expect(chatError(answered(status), 'Model')).toMatchObject({ outcome, retryable })
  })
})

describe('a code in the answer counts before its status', () => {
  test.each([
    [400, 'content_filter', 'llm_refused'],
    [400, 'content_policy_violation', 'llm_refused'],
    [400, 'moderation_blocked', 'llm_refused'],
    [429, 'insufficient_quota', 'llm_denied'],
    [429, 'rate_limit_exceeded', 'llm_busy'],
    [400, 'model_not_found', 'llm_invalid'],
  ])('%i with %s: %s', (status, code, outcome) => {
    expect(chatError(answered(status, { error: { code, message: 'no' } }), 'Model').outcome).toBe(outcome)
  })
})

describe('what is no answer', () => {
  test.each<[string, unknown, string]>([
    ['no connection', new APIConnectionError({ cause: new Error('connect ECONNREFUSED') }), 'llm_unreachable'],
    ['no headers in time', new APIConnectionTimeoutError(), 'llm_timeout'],
    ['a body that broke off', new TypeError('terminated'), 'llm_unreachable'],
    ['a body that is no JSON', new SyntaxError('Unexpected end of JSON input'), 'llm_unreachable'],
    ['something unforeseen', new Error('odd'), 'llm_error'],
    ['something that is no error', 'odd', 'llm_error'],
  ])('%s is told apart', (_, error, outcome) => {
    expect(chatError(error, 'Model')).toMatchObject({ outcome, cause: error })
  })

  test('is told with its root cause: the client’s own words say nothing', () => {
    const root = new Error('getaddrinfo ENOTFOUND nowhere')
    const error = chatError(new APIConnectionError({ cause: new Error('fetch failed', { cause: root }) }), 'Model')
    expect(error.message).toBe(
      'Model: no connection (getaddrinfo ENOTFOUND nowhere); check the address, and that the server runs.',
    )
  })
})

describe('the message', () => {
  test.each([
    [401, 'Model: 401 wrong key; check the API key and the credit of its account.'],
    [429, 'Model: 429 wrong key; try again later.'],
    [400, 'Model: 400 wrong key; check the model and the options.'],
    [500, 'Model: 500 wrong key; try again later.'],
    [504, 'Model: 504 wrong key.'],
  ])('of %i names endpoint, reason and next step', (status, message) => {
    expect(chatError(answered(status, { error: { message: 'wrong\n  key.' } }), 'Model').message).toBe(message)
  })

  test('of a refused key is the caller’s advice, who knows where the key comes from', () => {
    expect(chatError(answered(401), 'Model', 'set MY_KEY').message).toMatch(/; set MY_KEY\.$/)
    expect(chatError(answered(500), 'Model', 'set MY_KEY').message).not.toContain('MY_KEY')
  })

  test('of a redirect names where it leads', () => {
    expect(chatError(answered(308, {}, { location: 'https://other.example/v1' }), 'Model').message).toBe(
      'Model: it redirects to https://other.example/v1; nothing was sent there; give that address if it is the right one.',
    )
    expect(chatError(answered(302), 'Model').message).toContain('an address that it does not say')
  })

  test('is cut: servers have answered with whole prompts', () => {
    const error = chatError(answered(400, { error: { message: 'x'.repeat(10_000) } }), 'Model')
    expect(error.message.length).toBeLessThan(600)
  })
})

describe('the wait that a server asks for', () => {
  test.each<[Record<string, string>, number | undefined, string]>([
    [{ 'retry-after-ms': '250' }, 250, 'OpenAI’s milliseconds'],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250, 'they count before the seconds'],
    [{ 'retry-after-ms': 'x', 'retry-after': '9' }, 9000, 'unless they are none'],
    [{ 'retry-after-ms': '', 'retry-after': '9' }, 9000, 'or empty'],
    [{ 'retry-after-ms': '-1', 'retry-after': '9' }, 9000, 'or below zero'],
    [{ 'retry-after': '2' }, 2000, 'seconds'],
    [{ 'retry-after': '0.5' }, 500, 'shares of a second'],
    [{ 'retry-after': 'Tue, 01 Jan 2019 00:00:00 GMT' }, 0, 'a date that has passed'],
    [{ 'retry-after': '-5' }, undefined, 'no number of seconds'],
    [{ 'retry-after': 'in 5' }, undefined, 'words that a lax parser would take for a date'],
    [{}, undefined, 'nothing'],
  ])('%j is %s ms: %s', (headers, expected) => {
    expect(chatError(answered(429, {}, headers), 'Model').afterMs).toBe(expected)
  })
})

test('an error that is one already is passed through', () => {
  const error = new RefineError('llm_refused', 'no')
  expect(chatError(error, 'Model')).toBe(error)
})
