import { expect, test } from 'vitest'
import { optOut } from './opt-out.ts'
import { retryAfterMs } from './retry-after.ts'
import { robotsRules } from './robots.ts'

test('Retry-After: seconds, a date, and nonsense', () => {
  const now = Date.parse('2026-11-24T10:00:00Z')
  expect(retryAfterMs('120', now)).toBe(120_000)
  expect(retryAfterMs(' 0 ', now)).toBe(0)
  expect(retryAfterMs('Tue, 24 Nov 2026 10:01:30 GMT', now)).toBe(90_000)
  expect(retryAfterMs('Tue, 24 Nov 2026 09:00:00 GMT', now)).toBe(0)
  for (const nonsense of [undefined, '', 'soon', '-5', '1.5', 'Tue, nonsense']) {
    expect(retryAfterMs(nonsense, now)).toBeUndefined()
  }
})

test.each([
  [['noai']],
  [['NoAI, nofollow']],
  [['nofollow', 'noimageindex']],
  [['max-snippet: 20, noindex']],
  [['unavailable_after: Saturday, 25 Jun 2010 15:00:00 PST, noml']],
  [['googlebot: all, Promptloom: noimageai']],
  [['*: noai']],
  [['none']],
])('%j opts out', (header) => {
  expect(optOut(header, 'Promptloom')).toMatch(/^x-robots-tag: /)
})

test.each([[[]], [['all']], [['nofollow, noarchive']], [['googlebot: noindex']], [['otherbot: noai, noml']]])(
  '%j does not',
  (header) => {
    expect(optOut(header, 'Promptloom')).toBeUndefined()
  },
)

test('only the directives asked for count', () => {
  expect(optOut(['noindex'], 'Promptloom', ['noai'])).toBeUndefined()
  expect(optOut(['noai'], 'Promptloom', [])).toBeUndefined()
})

test('robots.txt: our own rules before everybody’s, with the line as evidence and the delay', () => {
  const text = [
    'User-agent: *',
    'Disallow: /',
    '',
    'User-agent: promptloom',
    'Crawl-delay: 2',
    'Disallow: /private/',
  ].join('\n')
  const rules = robotsRules('http://example.org/robots.txt', text, 'Promptloom')
  expect(rules.forbids('http://example.org/a.jpg')).toBeUndefined()
  expect(rules.forbids('http://example.org/private/a.jpg')).toBe('robots.txt line 6')
  expect(rules.crawlDelaySeconds).toBe(2)
})
