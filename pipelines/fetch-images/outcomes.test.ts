import { type FailureKind, RequestFailure } from '@promptloom/http/failure'
import { describe, expect, test } from 'vitest'
import { likelyAliveFirst } from './order.ts'
import { OUTCOMES, outcomeOf } from './outcomes.ts'

const url = 'http://example.org/a.jpg'
const failure = (kind: FailureKind, facts: object = {}) => new RequestFailure(kind, 'why', { url, ...facts })

describe('the outcome of a status', () => {
  test.each([
    [400, 'http_4xx'],
    [401, 'http_403'],
    [403, 'http_403'],
    [404, 'http_404'],
    [408, 'timeout'],
    [410, 'http_404'],
    [418, 'http_4xx'],
    [425, 'http_429'],
    [429, 'http_429'],
    [451, 'http_403'],
    [500, 'http_5xx'],
    [503, 'http_5xx'],
    [599, 'http_5xx'],
    [304, 'bad_response'],
    [302, 'bad_response'],
  ])('%i is %s', (status, outcome) => {
    expect(outcomeOf(failure('status', { status }))).toBe(outcome)
  })
})

describe('the outcome of a failure', () => {
  const KINDS: FailureKind[] = [
    ...(['bad_url', 'blocked_address', 'dns', 'connect', 'tls', 'timeout', 'incomplete'] as const),
    ...(['bad_response', 'too_large', 'redirects', 'opted_out', 'host_gave_up'] as const),
  ]
  test.each(KINDS)('%s has that name', (kind) => {
    expect(outcomeOf(failure(kind))).toBe(kind)
    expect(OUTCOMES).toHaveProperty(kind)
  })

  test('of a host that was given up is what it kept failing with, where that is its name', () => {
    expect(outcomeOf(failure('host_gave_up', { because: 'dns' }))).toBe('dns')
    expect(outcomeOf(failure('host_gave_up', { because: 'connect' }))).toBe('host_gave_up')
    expect(outcomeOf(failure('host_gave_up', { because: 'status' }))).toBe('host_gave_up')
  })

  test('is tried again where another try may bring another answer, and nowhere else', () => {
    for (const kind of KINDS.filter((one) => one !== 'host_gave_up')) {
      const one = failure(kind)
      // A certificate may be renewed, and a garbled answer be whole, by the next run; within one run neither is.
      const later = kind === 'tls' || kind === 'bad_response'
      expect([kind, OUTCOMES[outcomeOf(one)] === 'transient']).toEqual([kind, one.retryable || later])
    }
  })

  test('of every status of a client’s error is tried again by the next run exactly where this one tries it again', () => {
    for (let status = 400; status < 500; status++) {
      const one = failure('status', { status })
      expect([status, OUTCOMES[outcomeOf(one)] === 'transient']).toEqual([status, one.retryable])
    }
  })

  test('of every status of a server’s error or of no error is tried again by the next run', () => {
    for (let status = 500; status < 600; status++) {
      expect([status, outcomeOf(failure('status', { status }))]).toEqual([status, 'http_5xx'])
    }
    for (const status of [300, 302, 304]) expect(OUTCOMES[outcomeOf(failure('status', { status }))]).toBe('transient')
  })
})

describe('the order of fetching', () => {
  const [a, b] = ['0a1b2c3d-0000-4000-8000-00000000000a', '0a1b2c3d-0000-4000-8000-00000000000b']
  const row = (id: string, address: string) => ({ id, url: address })
  const last = (one: { id: string; url: string }) => {
    const other = row('other', 'https://example.org/x.jpg')
    return likelyAliveFirst([one, other])[1] === one
  }

  test.each([
    ['another UUID on lexica.art', row(a, `https://lexica.art/full_jpg/${b}`), true],
    ['another UUID on a host of lexica.art', row(a, `https://image.lexica.art/md/${b}`), true],
    ['its own UUID', row(a, `https://lexica.art/full_jpg/${a}`), false],
    ['its own UUID in capitals', row(a.toUpperCase(), `https://lexica.art/full_jpg/${a}`), false],
    ['no UUID', row(a, 'https://lexica.art/logo.png'), false],
    ['another host', row(a, `https://example.org/${b}`), false],
    ['a host that only ends like it', row(a, `https://notlexica.art/${b}`), false],
    ['a UUID in the query alone', row(a, `https://lexica.art/x?id=${b}`), false],
    ['no address', row(a, ''), false],
    ['an address that is none', row(a, 'lexica.art'), false],
  ])('%s: last is %s', (_, one, expected) => {
    expect(last(one)).toBe(expected)
  })

  test('is kept among the living and among the likely dead', () => {
    const rows = [1, 2, 3, 4, 5, 6].map((n) =>
      n % 2 ? row(String(n), `https://lexica.art/${b}`) : row(String(n), 'https://example.org/x'),
    )
    expect(likelyAliveFirst(rows).map(({ id }) => id)).toEqual(['2', '4', '6', '1', '3', '5'])
    expect(rows.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6'])
  })
})
