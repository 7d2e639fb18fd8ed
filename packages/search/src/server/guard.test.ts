import { describe, expect, it } from 'vitest'
import { guard, isLoopback, same } from './guard.ts'

const asks = (check: ReturnType<typeof guard>, headers: Record<string, string>, rest = {}) => {
  try {
    check({ method: 'GET', headers: new Headers(headers), open: false, ...rest })
    return 'let in'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('loopback', () => {
  it.each(['localhost', '127.0.0.1', '127.3.2.1', '::1'])('%s is', (host) => expect(isLoopback(host)).toBe(true))
  it.each(['0.0.0.0', '::', '10.0.0.1', '1.2.3.4', 'localhost.evil.example', '127.0.0.1.evil.example', ''])(
    '%s is not',
    (host) => expect(isLoopback(host)).toBe(false),
  )
})

describe('the guard without a token', () => {
  const check = guard({ host: '127.0.0.1', allowedHosts: ['Studio.Local'] })
  it('lets in who asks for a name of ours', () => {
    for (const host of ['127.0.0.1:7878', 'localhost:1', 'LOCALHOST', '[::1]:7878', 'studio.local:80']) {
      expect(asks(check, { host })).toBe('let in')
    }
  })
  it('keeps out any other name, and none', () => {
    for (const host of ['evil.example', '127.0.0.1.nip.io', '10.0.0.1:7878', '', 'localhost.']) {
      expect(asks(check, host ? { host } : {})).toBe('foreign_host')
    }
  })
  it('keeps out pages of other origins, other ports and sandboxes', () => {
    const host = 'localhost:7878'
    expect(asks(check, { host, origin: 'http://localhost:7878' })).toBe('let in')
    for (const origin of ['http://localhost', 'http://localhost:7879', 'null', 'https://evil.example', 'nonsense']) {
      expect(asks(check, { host, origin })).toBe('foreign_origin')
    }
  })
  it('lets a link from elsewhere lead here, but nothing else from there', () => {
    const cross = { host: 'localhost', 'sec-fetch-site': 'cross-site' }
    expect(asks(check, { ...cross, 'sec-fetch-mode': 'navigate' })).toBe('let in')
    expect(asks(check, { ...cross, 'sec-fetch-mode': 'navigate' }, { method: 'POST' })).toBe('foreign_origin')
    expect(asks(check, { ...cross, 'sec-fetch-mode': 'no-cors' })).toBe('foreign_origin')
    expect(asks(check, { host: 'localhost', 'sec-fetch-site': 'same-site' })).toBe('foreign_origin')
    for (const site of ['same-origin', 'none']) {
      expect(asks(check, { host: 'localhost', 'sec-fetch-site': site })).toBe('let in')
    }
  })
})

describe('the guard with a token', () => {
  const check = guard({ host: '0.0.0.0', token: 'a;b %c' })
  it('takes it as bearer or cookie', () => {
    expect(asks(check, { authorization: 'Bearer a;b %c' })).toBe('let in')
    expect(asks(check, { authorization: 'bearer a;b %c' })).toBe('let in')
    expect(asks(check, { cookie: `x=1; promptloom_token=${encodeURIComponent('a;b %c')}` })).toBe('let in')
  })
  it('takes nothing else', () => {
    for (const authorization of ['Bearer ', 'Bearer a', 'Basic a;b %c', 'a;b %c']) {
      expect(asks(check, { authorization })).toBe('token_required')
    }
    expect(asks(check, { cookie: 'promptloom_token=a' })).toBe('token_required')
    expect(asks(check, { cookie: 'other_promptloom_token=a%3Bb%20%25c' })).toBe('token_required')
    expect(asks(check, { cookie: 'promptloom_token=%E0%A4%A' })).toBe('token_required')
    expect(asks(check, {})).toBe('token_required')
  })
  it('asks no token of what is open, but still refuses other origins', () => {
    expect(asks(check, {}, { open: true })).toBe('let in')
    expect(asks(check, { host: 'a', origin: 'http://b' }, { open: true })).toBe('foreign_origin')
  })
})

it('listening wider without a token is refused before anybody can ask', () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.4']) expect(() => guard({ host })).toThrow(/a token is required/)
})

it('secrets are compared whole', () => {
  expect(same('abc', 'abc')).toBe(true)
  expect(same('abc', 'abcd')).toBe(false)
  expect(same('', 'a')).toBe(false)
})
