import { type Loopback, loopback } from '@promptloom/http/loopback.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerError, errorInJson, isExpired, withStatus } from './answer.ts'
import { exchange, exchangeFollowing, redirectTarget, requestFailed, statusError } from './http-exchange.ts'

interface Seen {
  readonly server: 'first' | 'second'
  readonly url: string
  readonly authorization: string | undefined
  readonly cookie: string | undefined
}

let first: Loopback
let second: Loopback
let seen: Seen[]
/** Location by path; `/` stands for the second server. */
let redirects: Record<string, { status?: number; location: string }>

beforeEach(async () => {
  seen = []
  redirects = {}
  const server = (name: 'first' | 'second') =>
    loopback((request, response) => {
      const { authorization, cookie } = request.headers
      seen.push({ server: name, url: request.url ?? '', authorization, cookie })
      const redirect = name === 'first' ? redirects[request.url ?? ''] : undefined
      if (redirect) response.writeHead(redirect.status ?? 302, { location: redirect.location }).end('moved')
      else response.end('bytes')
    })
  first = await server('first')
  second = await server('second')
})
afterEach(async () => {
  await first[Symbol.asyncDispose]()
  await second[Symbol.asyncDispose]()
})

const headers = { authorization: 'Bearer t0ken', cookie: 'a=b', range: 'bytes=5-' }
const ask = (path: string) =>
  exchangeFollowing({
    url: `${first.origin}${path}`,
    headers,
    fetch,
    signal: AbortSignal.timeout(5000),
    name: 'my file',
  })

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%i is followed', async (status) => {
    redirects['/a'] = { status, location: '/b' }
    const response = await ask('/a')
    expect(await response.text()).toBe('bytes')
    expect(response.finalUrl).toBe(`${first.origin}/b`)
  })

  it.each([300, 304, 305])('%i is no redirect', async (status) => {
    redirects['/a'] = { status, location: '/b' }
    expect((await ask('/a')).status).toBe(status)
    expect(seen).toHaveLength(1)
  })

  it('keep credentials within the first origin, and leave them behind at the border of it', async () => {
    redirects['/a'] = { location: '/b' }
    redirects['/b'] = { location: `${second.origin}/c` }
    await ask('/a')
    expect(seen.map(({ server, authorization, cookie }) => [server, authorization, cookie])).toEqual([
      ['first', 'Bearer t0ken', 'a=b'],
      ['first', 'Bearer t0ken', 'a=b'],
      ['second', undefined, undefined],
    ])
  })

  it('do not bring credentials back to where they began', async () => {
    redirects['/a'] = { location: `${second.origin}/back` }
    const back = await loopback((_, response) => response.end())
    await back[Symbol.asyncDispose]()
    await ask('/a')
    expect(seen.at(-1)?.authorization).toBeUndefined()
  })

  it('of ten hops are followed, of eleven not', async () => {
    for (let hop = 0; hop < 11; hop++) redirects[`/${hop}`] = { location: `/${hop + 1}` }
    expect((await ask('/1')).finalUrl).toBe(`${first.origin}/11`)
    await expect(ask('/0')).rejects.toThrow('my file redirects more than 10 times.')
  })

  it('without an address are answers', async () => {
    const response = new Response(null, { status: 302 })
    expect(redirectTarget(response, 'https://host/a')).toBeUndefined()
  })

  it.each<[string, string, string | undefined]>([
    ['https://host/a', '/b', 'https://host/b'],
    ['https://host/a/b', 'c', 'https://host/a/c'],
    ['https://host/a', '//other/b', 'https://other/b'],
    ['https://host/a', 'https://other/b?x=1', 'https://other/b?x=1'],
    ['http://host/a', 'https://host/a', 'https://host/a'],
    ['http://host/a', 'http://other/a', 'http://other/a'],
    ['https://host/a', 'http://host/a', undefined],
    ['https://host/a', 'file:///etc/passwd', undefined],
    ['http://host/a', 'ftp://host/a', undefined],
    ['http://host/a', 'javascript:alert(1)', undefined],
    ['http://host/a', 'http://', undefined],
  ])('from %s to %s lead to %s', (from, location, target) => {
    const response = new Response(null, { status: 302, headers: { location } })
    if (target === undefined)
      expect(() => redirectTarget(response, from)).toThrow(
        /^https?:\/\/host redirects to an address that is not safe to follow\.$/,
      )
    else expect(redirectTarget(response, from)).toBe(target)
  })
})

describe('a status', () => {
  it.each<[number, string, 1 | 2, RegExp]>([
    [400, 'failed_request', 2, /was answered with HTTP 400\.$/],
    [401, 'forbidden', 2, /is refused \(HTTP 401\); it may need other credentials\.$/],
    [403, 'forbidden', 2, /is refused \(HTTP 403\)/],
    [404, 'not_found', 2, /is not there \(HTTP 404\); check its address\.$/],
    [408, 'failed_request', 1, /HTTP 408/],
    [410, 'not_found', 2, /HTTP 410/],
    [425, 'failed_request', 1, /HTTP 425/],
    [429, 'rate_limited', 1, /HTTP 429/],
    [451, 'failed_request', 2, /HTTP 451/],
    [500, 'failed_request', 1, /HTTP 500/],
    [501, 'failed_request', 2, /HTTP 501/],
    [502, 'failed_request', 1, /HTTP 502/],
    [503, 'failed_request', 1, /HTTP 503/],
    [504, 'failed_request', 1, /HTTP 504/],
  ])('%i is %s and ends with %i', (status, kind, exitCode, message) => {
    const error = statusError(new Response(null, { status }), 'my file')
    expect(error).toMatchObject({ kind, exitCode, message: expect.stringMatching(message) })
  })

  it('is told with what the other side says of it', () => {
    expect(statusError(new Response(null, { status: 403 }), 'my file', 'consent').message).toContain(
      '(HTTP 403: consent)',
    )
    expect(statusError(new Response(null, { status: 500 }), 'my file', 'oops').message).toBe(
      'my file was answered with HTTP 500: oops.',
    )
  })

  it.each([
    ['7', 7000],
    ['0', 0],
    ['soon', undefined],
    ['', undefined],
  ])('with Retry-After %j asks to wait %s ms', (value, afterMs) => {
    const response = new Response(null, { status: 503, headers: { 'retry-after': value } })
    expect(statusError(response, 'x').afterMs).toBe(afterMs)
  })
})

describe('a request that fails', () => {
  const request = () => ({ url: `${first.origin}/x`, fetch, signal: AbortSignal.timeout(5000), name: 'my file' })

  it('for want of a server may be tried again', async () => {
    const gone = { ...request() }
    await first[Symbol.asyncDispose]()
    await expect(exchange(gone)).rejects.toMatchObject({
      kind: 'failed_request',
      retryable: true,
      exitCode: 1,
      message: expect.stringMatching(/^my file could not be read: /),
    })
    first = await loopback((_, response) => response.end())
  })

  it('asks for the bytes as they are: packed on the way they would have another length', async () => {
    let encoding: unknown
    await exchange({
      ...request(),
      fetch: async (_, init) => {
        encoding = new Headers(init?.headers).get('accept-encoding')
        return new Response()
      },
    })
    expect(encoding).toBe('identity')
  })

  it('after an abort is the abort, whatever it was', () => {
    const reason = new Error('Ctrl-C')
    const failed = requestFailed(new TypeError('terminated'), { ...request(), signal: AbortSignal.abort(reason) })
    expect(failed).toBe(reason)
  })

  it('with an error of ours passes it on', () => {
    const error = statusError(new Response(null, { status: 404 }), 'x')
    expect(requestFailed(error, request())).toBe(error)
  })
})

describe('JSON in place of a file', () => {
  it.each<[string, { code: number; message: string } | undefined]>([
    ['{"code":403,"message":"consent"}', { code: 403, message: 'consent' }],
    ['{"code":404}', { code: 404, message: '' }],
    ['{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}', { code: 429, message: 'slow down' }],
    ['{"error":{"code":500}}', { code: 500, message: '' }],
    ['{"code":200,"message":"fine"}', undefined],
    ['{"code":"403"}', undefined],
    ['{"error":"text"}', undefined],
    ['[]', undefined],
    ['null', undefined],
    ['id,prompt', undefined],
    ['', undefined],
  ])('%s is the error %j', (text, expected) => {
    expect(errorInJson(text)).toEqual(expected)
  })

  const answered = (body: string, type: string, status = 200) =>
    answerError(new Response(body, { status, headers: { 'content-type': type } }), 'my file')

  it('is told by its type, and the body of a file is not read for it', async () => {
    const response = new Response('id,prompt', { headers: { 'content-type': 'text/csv' } })
    expect(await answerError(response, 'my file')).toBeUndefined()
    expect(response.bodyUsed).toBe(false)
  })

  it.each<[string, string, string, string]>([
    ['{"code":403,"message":"consent"}', 'application/json', 'forbidden', 'my file is refused (HTTP 403: consent)'],
    ['{"code":404}', 'application/json; charset=utf-8', 'not_found', 'my file is not there (HTTP 404)'],
    ['{"error":{"code":429}}', 'application/json', 'rate_limited', 'HTTP 429'],
    ['{"hello":1}', 'application/json', 'failed_request', 'my file was answered with JSON instead of a file.'],
    ['broken', 'application/json', 'failed_request', 'JSON instead of a file'],
  ])('%s as %s is %s', async (body, type, kind, message) => {
    expect(await answered(body, type)).toMatchObject({ kind, message: expect.stringContaining(message) })
  })

  it('of another type that begins alike is a file', async () => {
    expect(await answered('{}', 'application/jsonlines')).toBeUndefined()
  })
})

describe('an expired address', () => {
  it.each<[number, string, boolean]>([
    [400, '<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>', true],
    [403, '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>', true],
    [403, '<Error><Code>AccessDenied</Code></Error>', false],
    [500, '<Code>ExpiredToken</Code>', false],
    [200, 'Request has expired', false],
  ])('HTTP %i with %s: %s', (status, body, expected) => {
    expect(isExpired(status, body)).toBe(expected)
  })
})

it.each([
  [403, 403],
  [599, 599],
  [999, 500],
  [0, 500],
  [-1, 500],
])('a status of %i in an answer’s body stands for %i', (given, status) => {
  expect(withStatus(new Response(), given).status).toBe(status)
})
