import { describe, expect, it } from 'vitest'
import { markdownReport, trackText } from './markdown.ts'
import { cellReport, reportOf, trackReport } from './report.double.ts'

const cells = [cellReport({ effort: 'auto', recall: 0.992, p95: 8 }), cellReport({ effort: 64, recall: 0.98, p95: 5 })]
const track = trackReport({ cells })
const lines = (text: string, pattern: RegExp) => text.split('\n').filter((line) => pattern.test(line))

describe('a report as Markdown', () => {
  it('begins with what was measured, by what, and when', () => {
    expect(
      markdownReport(reportOf([track]))
        .split('\n')
        .slice(0, 3),
    ).toEqual([
      '# Benchmark 20261124T061054123-3f9a',
      '',
      'embedded ClickHouse 26.7.2.1 · model clip `abcdef012345` · 2 × Test CPU, linux 6.1, Node 20.20.2 · promptloom 0.1.0 · 2026-11-24T06:10:54.123Z',
    ])
  })

  it('marks a stand-in beside the model’s name', () => {
    const model = { name: 'tiny', digest: 'abc', standIn: 'CLIP' }
    expect(markdownReport(reportOf([track], { model }))).toContain('model tiny (stand-in) `abc`')
  })

  it('has no heading without something below it', () => {
    const text = markdownReport(reportOf([], { changes: [] }))
    expect(lines(text, /^##/)).toEqual([])
    expect(text).toMatch(/^# Benchmark .*\n\nno engine · model clip/)
  })

  it.each([
    [{ remarks: ['One.', 'Two.'] }, '## Before you trust this\n\n- One.\n- Two.'],
    [{ changes: ['Faster.'] }, '## What changed\n\n- Faster.'],
    [
      { hosts: [{ host: 'a.org', month: '2026-11', rows: 10, dead: 3, outcomes: {} }] },
      '| a.org | 2026-11 | 10 | 3 | 30 % |',
    ],
    [
      {
        ledger: [
          {
            stage: 'embed',
            shards: 2,
            rows: 1234,
            outcomes: { ok: 1200, empty_text: 34 },
            bytes: 5000,
            seconds: 75,
            rate: 16.4,
            steps: {},
          },
        ],
      },
      '| embed | 2 | 1,234 | ok 1,200, empty_text 34 | 5.0 kB | 1 min 15 s | 16 |',
    ],
    [
      {
        ledger: [{ stage: 'embed', shards: 1, rows: 1, outcomes: { ok: 1 }, bytes: 0, seconds: 0, rate: 0, steps: {} }],
        builds: [
          { table: 'text' as const, rows: 5000, seconds: 2, rate: 2500, bytes: null, peakBytes: null, committed: '' },
        ],
      },
      'Index of text: 5,000 rows in 2.0 s (2,500 rows/s).',
    ],
  ])('says %j', (given, expected) => {
    expect(markdownReport(reportOf([track], given))).toContain(expected)
  })

  it('lists no host whose links are all alive', () => {
    const hosts = [{ host: 'alive.org', month: '2026-11', rows: 10, dead: 0, outcomes: { ok: 10 } }]
    expect(markdownReport(reportOf([track], { hosts }))).not.toContain('alive.org')
  })

  it('keeps questions unlike the rows under a heading of their own', () => {
    const far = trackReport({ name: 'text-to-image', to: 'image', outOfDistribution: true, cells })
    const text = markdownReport(reportOf([far, track]))
    expect(lines(text, /^##/).slice(0, 4)).toEqual([
      '## Within its distribution',
      '### text-to-text',
      '## Out of distribution',
      '### text-to-image',
    ])
  })

  it('says which setting was chosen, with its proven recall', () => {
    const choice = {
      ...{ table: 'text' as const, track: 'text-to-text' as const, mode: 'indexed' as const, effort: 64, k: 10 },
      ...{
        recall: 0.9921,
        recallLow: 0.9884,
        p50: 3,
        p95: 5.25,
        rows: 10,
        collection: 'c',
        noisy: false,
        reason: 'cheap',
      },
    }
    const text = markdownReport(reportOf([track], { choices: [choice, { ...choice, table: 'image', mode: 'exact' }] }))
    expect(text).toContain('## Settings for a recall of 0.99\n\n| table | search | recall@10 | p95 ms | why |')
    expect(text).toContain('| text | effort 64 | 0.9921 (≥ 0.9884) | 5.25 | cheap |')
    expect(text).toContain('| image | exact | 0.9921')
  })

  it.each(['a|b', 'a\nb', 'a\r\n# b', '<script>', 'a | b | c | d'])('cannot be broken by %j in a value', (evil) => {
    const model = { name: evil, digest: 'abc', standIn: null }
    const hosts = [{ host: evil, month: '2026-11', rows: 1, dead: 1, outcomes: {} }]
    const text = markdownReport(reportOf([track], { model, hosts }))
    const [row] = lines(text, /\| 1 \| 1 \| 100 % \|/)
    expect(row?.replaceAll('\\|', '').split('|')).toHaveLength(7)
    expect(text).not.toContain('<script')
    expect(lines(text, /^# /)).toHaveLength(1)
  })
})

describe('a track as Markdown', () => {
  it('has a row for each setting, as wide as the heading', () => {
    const withheld = {
      ...(cells[1] as (typeof cells)[0]),
      withheld: 'no proof',
      recall: null,
      strict: null,
      latency: null,
      qps: null,
    }
    const filtered = { ...(cells[0] as (typeof cells)[0]), share: 0.001, clients: 16, k: 100 }
    const text = trackText(trackReport({ cells: [...cells, withheld, filtered] }))
    const rows = lines(text, /^\|/)
    expect(rows).toHaveLength(2 + 4)
    expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1)
    expect(rows[2]).toMatch(/^\| default \| 10 \| – \| 1 \| 0\.9920 \(0\.9880–0\.9950\) \| 0\.9820 \|/)
    expect(rows[4]).toMatch(/^\| ef 64 \| 10 \| – \| 1 \| not given: no proof \|/)
    expect(rows[5]).toMatch(/^\| default \| 100 \| 0\.1 % \| 16 \|/)
  })

  it('gives first answers apart from those that follow', () => {
    expect(trackText(track)).toContain('Cold (ef 64): first answers 210, 190, 205 ms, then 6.50 ms.')
  })

  it('marks a noisy measurement', () => {
    const [cell] = cells
    const noisy = { ...(cell as (typeof cells)[0]), load: { ...(cell as (typeof cells)[0]).load, noisy: true } }
    expect(lines(trackText(trackReport({ cells: [noisy] })), /noisy \|$/)).toHaveLength(1)
  })

  it('without figures has no summary', () => {
    expect(trackText(trackReport({ cells: [] }))).not.toContain('By default')
  })
})
