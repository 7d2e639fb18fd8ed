import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyPictureRow } from '@promptloom/dataset/picture-table'
import { expect, test } from 'vitest'
import { asJson, deadLinks, linkFacts } from './dead-links.ts'
import { deadLinksText, readDeadLinks } from './dead-links-report.ts'
import { fetchFacts } from './fetch-log.ts'
import type { Finding } from './finding.ts'

function finding(id: string, outcome: string, month = '2026-11'): Finding {
  return {
    row: emptyPictureRow(id, outcome),
    fetch: { ...fetchFacts({ id, url: '' }, {}), fetched_at: `${month}-03T10:00:00.000Z` },
  }
}

test('counts by host and month of fetch, and leaves out what has no host', () => {
  const findings = [
    finding('a/1', 'ok'),
    finding('a/2', 'http_404'),
    finding('a/3', 'http_404', '2026-12'),
    finding('b/4', 'duplicate'),
    finding('5', 'no_url'),
  ]
  const hostOf = (id: string) => (id.includes('/') ? id.split('/')[0] : undefined)
  expect(linkFacts(findings, hostOf)).toEqual([
    { host: 'a', month: '2026-11', outcomes: { ok: 1, http_404: 1 } },
    { host: 'a', month: '2026-12', outcomes: { http_404: 1 } },
    { host: 'b', month: '2026-11', outcomes: { duplicate: 1 } },
  ])
})

test('a checkpoint stays small however many hosts there are', () => {
  const findings = Array.from({ length: 500 }, (_, n) => finding(`host-${n % 100}`, n < 250 ? 'ok' : 'dns'))
  const facts = linkFacts([...findings, finding('host-77', 'ok')], (id) => id)
  expect(facts).toHaveLength(21)
  expect(facts.map(({ host }) => host)).toContain('host-77')
  const total = deadLinks([{ facts: { links: asJson(facts) } }]).reduce((sum, { rows }) => sum + rows, 0)
  expect(total).toBe(501)
})

test('shards add up; most dead links come first in the table', async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'links-'))
  expect(await readDeadLinks(workspace)).toEqual([])
  expect(deadLinksText([])).toBe('')
  await mkdir(join(workspace, 'fetch-images'))
  const shards = [
    [finding('a', 'ok'), finding('b', 'http_404')],
    [finding('a', 'ok'), finding('b', 'timeout')],
  ]
  for (const [n, findings] of shards.entries()) {
    const facts = { links: asJson(linkFacts(findings, (id) => id)) }
    await writeFile(join(workspace, 'fetch-images', `0000${n}.json`), JSON.stringify({ facts }))
  }
  const lines = await readDeadLinks(workspace)
  expect(lines.map(({ host, rows, dead }) => [host, rows, dead])).toEqual([
    ['a', 2, 0],
    ['b', 2, 2],
  ])
  const text = deadLinksText(lines)
  expect(text.indexOf('│ b')).toBeLessThan(text.indexOf('│ a'))
  expect(text).toContain('100.0 %')
  expect(text).toContain('http_404 1, timeout 1')
})

test('a long report is cut, and says what was left out', () => {
  const lines = Array.from({ length: 25 }, (_, n) => ({
    host: `h${n}`,
    month: '2026-11',
    outcomes: { dns: 2 },
    rows: 2,
    dead: 2,
  }))
  expect(deadLinksText(lines)).toMatch(/5 more lines: 10 URLs, 10 dead$/)
})
