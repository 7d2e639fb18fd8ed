import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import { describe, expect, test } from 'vitest'
import { GeneratorError } from '../generator-error.ts'
import { imagesError } from './images-error.ts'

const answered = (status: number | undefined, error: object = {}, headers: Record<string, string> = {}) =>
  APIError.generate(status, { error: { message: 'no', ...error } }, undefined, new Headers(headers))

describe('a status', () => {
  test.each([
    [400, 'generator_invalid', 2],
    [401, 'generator_denied', 2],
    [402, 'generator_denied', 2],
    [403, 'generator_denied', 2],
    [404, 'generator_invalid', 2],
    [408, 'generator_timeout', 1],
    [413, 'generator_invalid', 2],
    [429, 'generator_busy', 1],
    [500, 'generator_error', 1],
    [502, 'generator_error', 1],
    [503, 'generator_busy', 1],
    [504, 'generator_timeout', 1],
  ])('%i ends as %s, with exit code %i', (status, outcome, exitCode) => {
    expect(imagesError(answered(status), 'Painter')).toMatchObject({ outcome, exitCode })
  })

  test.each([
    [400, 'content_policy_violation', 'generator_refused'],
    [400, 'moderation_blocked', 'generator_refused'],
    [400, 'content_filter', 'generator_refused'],
    [429, 'insufficient_quota', 'generator_denied'],
    [400, 'billing_hard_limit_reached', 'generator_denied'],
    [429, 'rate_limit_exceeded', 'generator_busy'],
  ])('%i with the code %s ends as %s', (status, code, outcome) => {
    expect(imagesError(answered(status, { code }), 'Painter').outcome).toBe(outcome)
  })
})

describe('what is no answer', () => {
  test.each<[string, unknown, string]>([
    ['no connection', new APIConnectionError({ cause: new Error('ECONNREFUSED') }), 'generator_unreachable'],
    ['no headers in time', new APIConnectionTimeoutError(), 'generator_timeout'],
    ['a body that broke off', new TypeError('terminated'), 'generator_unreachable'],
    ['a body that is no JSON', new SyntaxError('Unexpected token'), 'generator_malformed'],
    ['something that is no error', 'odd', 'generator_malformed'],
  ])('%s is told apart', (_, error, outcome) => {
    expect(imagesError(error, 'Painter')).toMatchObject({ outcome, cause: error })
  })
})

describe('the message', () => {
  test('names the endpoint, the reason in one line, and its root', () => {
    expect(imagesError(answered(400, { message: 'too\n  long' }), 'Painter').message).toBe('Painter: 400 too long')
    const error = new APIConnectionError({ cause: new Error('fetch failed', { cause: new Error('ECONNREFUSED') }) })
    expect(imagesError(error, 'Painter').message).toBe('Painter: Connection error. (ECONNREFUSED)')
  })

  test('is never of any length', () => {
    expect(imagesError(answered(400, { message: 'x'.repeat(9000) }), 'Painter').message.length).toBeLessThan(1020)
  })
})

test.each<[Record<string, string>, number | undefined]>([
  [{ 'retry-after': '3' }, 3000],
  [{ 'retry-after': 'later' }, undefined],
  [{}, undefined],
])('with %j the server asks to wait %s ms', (headers, afterMs) => {
  expect(imagesError(answered(429, {}, headers), 'Painter').afterMs).toBe(afterMs)
})

test('an error that is one already is passed through', () => {
  const error = new GeneratorError('generator_malformed', 'no picture')
  expect(imagesError(error, 'Painter')).toBe(error)
})
