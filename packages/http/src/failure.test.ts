import { expect, test } from 'vitest'
import { asFailure, RequestFailure } from './failure.ts'

const url = 'http://example.org/a.jpg'

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(`it was ${code}`), { code }, more)
}

test.each([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ETIMEOUT', 'dns'],
  ['ECONNREFUSED', 'connect'],
  ['ECONNRESET', 'connect'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'bad_response'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'incomplete'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
])('%s is %s', (code, kind) => {
  expect(asFailure(coded(code), url)).toMatchObject({ kind, url, exitCode: 1 })
})

test('looks into causes and into the attempts of an aggregate', () => {
  const fetchFailed = new TypeError('fetch failed', { cause: new AggregateError([coded('ECONNREFUSED')]) })
  expect(asFailure(fetchFailed, url)).toMatchObject({ kind: 'connect', cause: fetchFailed })
})

test('a refusing name server is about the name, a connection lost in the body about the body', () => {
  expect(asFailure(coded('ECONNREFUSED', { syscall: 'queryA' }), url).kind).toBe('dns')
  expect(asFailure(coded('UND_ERR_SOCKET'), url, 'body').kind).toBe('incomplete')
})

test('a failure that is one already stays the same', () => {
  const failure = new RequestFailure('blocked_address', 'no', { url })
  expect(asFailure(new Error('outer', { cause: failure }), url)).toBe(failure)
})

test('what is nobody’s fault but ours is thrown as it is', () => {
  for (const error of [new TypeError('x is not a function'), coded('EMFILE'), 'a string', undefined]) {
    let thrown: unknown = 'nothing'
    try {
      asFailure(error, url)
    } catch (caught) {
      thrown = caught
    }
    expect(thrown).toBe(error)
  }
})

test('says what a retry can cure', () => {
  const status = (code: number) => new RequestFailure('status', '', { url, status: code }).retryable
  expect([408, 429, 500, 502, 503, 504].every(status)).toBe(true)
  expect([400, 401, 403, 404, 410, 501, 505].some(status)).toBe(false)
  const kind = (name: 'dns' | 'tls' | 'timeout' | 'too_large') => new RequestFailure(name, '', { url }).retryable
  expect([kind('dns'), kind('timeout'), kind('tls'), kind('too_large')]).toEqual([true, true, false, false])
})
