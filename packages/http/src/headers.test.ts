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

test.each([
  ['as mail writes it', 'Tue, 24 Nov 2026 10:01:30 GMT'],
  ['as RFC 850 wrote it', 'Tuesday, 24-Nov-26 10:01:30 GMT'],
  ['as asctime writes it, without a zone', 'Tue Nov 24 10:01:30 2026'],
])('a date of Retry-After %s means GMT, wherever we are', (_, date) => {
  const before = process.env.TZ
  try {
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      process.env.TZ = zone
      expect(retryAfterMs(date, Date.parse('2026-11-24T10:00:00Z')), zone).toBe(90_000)
    }
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
})

test.each([
  [['otherbot: noai, promptloom: noml'], 'x-robots-tag: promptloom: noml'],
  [['otherbot: noai', 'noml'], 'x-robots-tag: noml'],
  [['promptloom: all', 'noindex'], 'x-robots-tag: noindex'],
  [['PROMPTLOOM: NOAI'], 'x-robots-tag: PROMPTLOOM: NOAI'],
  [['all,,noai'], 'x-robots-tag: noai'],
  [['max-image-preview: large, noimageindex'], 'x-robots-tag: noimageindex'],
])('the evidence of %j is %j', (header, evidence) => {
  expect(optOut(header, 'Promptloom')).toBe(evidence)
})

test.each([
  [['promptloom: all, otherbot: noai']],
  [['noaiplease']],
  [['no ai']],
  [['']],
  [[',']],
  [['max-snippet: noai']],
])('%j opts nobody of us out', (header) => {
  expect(optOut(header, 'Promptloom')).toBeUndefined()
})

test('“none” opts out only while noindex does', () => {
  expect(optOut(['none'], 'Promptloom', ['noindex'])).toBe('x-robots-tag: none')
  expect(optOut(['none'], 'Promptloom', ['noai'])).toBeUndefined()
})

const rules = (...lines: string[]) => robotsRules('http://example.org/robots.txt', lines.join('\n'), 'Promptloom')

test.each([
  ['nothing', [], '/a.jpg', undefined],
  ['an empty Disallow', ['User-agent: *', 'Disallow:'], '/a.jpg', undefined],
  ['everything', ['User-agent: *', 'Disallow: /'], '/a.jpg', 'robots.txt line 2'],
  ['another robot’s rules', ['User-agent: otherbot', 'Disallow: /'], '/a.jpg', undefined],
  ['a longer Allow', ['User-agent: *', 'Disallow: /a', 'Allow: /a/b'], '/a/b.jpg', undefined],
  ['a longer Disallow', ['User-agent: *', 'Allow: /a', 'Disallow: /a/b'], '/a/b.jpg', 'robots.txt line 3'],
  ['a wildcard', ['User-agent: *', 'Disallow: /*.jpg$'], '/x/a.jpg', 'robots.txt line 2'],
  ['a wildcard that ends elsewhere', ['User-agent: *', 'Disallow: /*.jpg$'], '/x/a.jpg?b', undefined],
  ['names in any case', ['USER-AGENT: PROMPTLOOM', 'DISALLOW: /'], '/a.jpg', 'robots.txt line 2'],
  ['a page of HTML', ['<!doctype html>', '<title>Welcome</title>'], '/a.jpg', undefined],
])('robots.txt with %s', (_, lines, path, evidence) => {
  expect(rules(...lines).forbids(`http://example.org${path}`)).toBe(evidence)
})

test('a robots.txt says nothing of other hosts', () => {
  expect(rules('User-agent: *', 'Disallow: /').forbids('http://example.com/a.jpg')).toBeUndefined()
})

test('without a Crawl-delay, or with one that is none, there is no delay', () => {
  expect(rules('User-agent: *', 'Disallow: /').crawlDelaySeconds).toBeUndefined()
  expect(rules('User-agent: *', 'Crawl-delay: 0.5').crawlDelaySeconds).toBe(0.5)
})
