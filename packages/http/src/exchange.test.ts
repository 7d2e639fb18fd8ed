import { describe, expect, test } from 'vitest'
import { parseAddress, productOf, statusFailure } from './exchange.ts'

describe('parseAddress', () => {
  test.each([
    ['http://example.org', 'http://example.org/'],
    ['https://example.org/a b.jpg', 'https://example.org/a%20b.jpg'],
    ['HTTP://EXAMPLE.org:80/A', 'http://example.org/A'],
    ['http://example.org/a?b=c#part', 'http://example.org/a?b=c'],
    ['http://exämple.org/ü', 'http://xn--exmple-cua.org/%C3%BC'],
    [' http://example.org/a ', 'http://example.org/a'],
    ['http://2130706433/', 'http://127.0.0.1/'],
  ])('reads %j as %s', (address, expected) => {
    expect(parseAddress(address).href).toBe(expected)
  })

  test.each([
    ['d', 'http://example.org/a/d'],
    ['/d?e', 'http://example.org/d?e'],
    ['../d', 'http://example.org/d'],
    ['//other.org/d', 'http://other.org/d'],
    ['https://other.org', 'https://other.org/'],
    ['?x=1', 'http://example.org/a/b?x=1'],
    ['', 'http://example.org/a/b?c'],
  ])('reads the redirect %j from where it stands', (location, expected) => {
    expect(parseAddress(location, new URL('http://example.org/a/b?c')).href).toBe(expected)
  })

  test.each([
    '',
    'a.jpg',
    '/a.jpg',
    'example.org/a.jpg',
    'http://',
    'http:///',
    'http://[::1',
    'http://a b/',
    'http://x:99999/',
  ])('%j is no address', (address) => {
    expect(() => parseAddress(address)).toThrow(
      expect.objectContaining({
        kind: 'bad_url',
        url: address,
        retryable: false,
        message: `"${address}" is no address that can be fetched; expected http:// or https://.`,
      }),
    )
  })

  test.each([
    'file:///etc/passwd',
    'ftp://example.org/a',
    'data:image/png;base64,AA',
    'javascript:alert(1)',
    'gopher://x/',
    'ws://x/',
  ])('%j may not be fetched, first or after a redirect', (address) => {
    expect(() => parseAddress(address)).toThrow(expect.objectContaining({ kind: 'bad_url' }))
    expect(() => parseAddress(address, new URL('http://example.org'))).toThrow(
      expect.objectContaining({ kind: 'bad_url' }),
    )
  })
})

describe('statusFailure', () => {
  const url = new URL('http://example.org/a.jpg')

  test('names the address and the status', () => {
    expect(statusFailure(url, 404, {})).toMatchObject({
      kind: 'status',
      status: 404,
      url: 'http://example.org/a.jpg',
      message: 'http://example.org/a.jpg answered 404.',
      retryAfterMs: undefined,
      exitCode: 1,
    })
  })

  test.each([
    ['30', 30_000],
    [['7', '9'], 7000],
    ['in a while', undefined],
  ])('takes Retry-After %j as %s ms', (header, expected) => {
    expect(statusFailure(url, 429, { 'retry-after': header }).retryAfterMs).toBe(expected)
  })
})

test.each([
  ['Promptloom/0.1 (+mailto:me@example.org)', 'Promptloom'],
  ['Promptloom', 'Promptloom'],
  [' Promptloom /1', 'Promptloom'],
  ['', ''],
])('the product of %j is %j', (userAgent, product) => {
  expect(productOf(userAgent)).toBe(product)
})
