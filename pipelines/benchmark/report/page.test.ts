import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { htmlReport } from './html.ts'
import { markdownReport } from './markdown.ts'
import { cellReport, reportOf, trackReport } from './report.double.ts'
import { type Report, reportSchema } from './report-schema.ts'

const CHROMIUM = '/usr/bin/chromium'

/** A report with everything in it: a withheld setting, a noisy one, hostile names. */
function fullReport(): Report {
  const noisy = cellReport({ effort: 128, recall: 0.994, p95: 9.1 })
  const cells = [
    cellReport({ effort: 'exact', recall: 1, p95: 82 }),
    cellReport({ effort: 'auto', recall: 0.993, p95: 8.2 }),
    cellReport({ effort: 64, recall: 0.975, p95: 6.4 }),
    { ...noisy, load: { ...noisy.load, foreign: 0.42, noisy: true } },
    {
      ...cellReport({ effort: 256, recall: 1, p95: 1 }),
      withheld: 'the engine says that it did not use the index',
      recall: null,
      strict: null,
      latency: null,
      qps: null,
    },
  ]
  const near = trackReport({ cells })
  const far = trackReport({ name: 'text-to-image', to: 'image', outOfDistribution: true, cells: cells.slice(0, 3) })
  return reportOf([near, far], {
    choices: [
      {
        table: 'text',
        track: 'text-to-text',
        mode: 'indexed',
        effort: 128,
        k: 10,
        recall: 0.994,
        recallLow: 0.99,
        p50: 297,
        p95: 1302.1,
        rows: 100_000,
        collection: 'x',
        noisy: true,
        reason:
          'reaches the target recall of 0.99, the cheapest of 2 settings that do: p95 9.1 ms; exact search takes p95 82.0 ms',
      },
    ],
    hosts: [
      { host: '<script>alert(1)</script>', month: '2026-10', rows: 10, dead: 4, outcomes: { ok: 6, http_404: 4 } },
    ],
    ledger: [
      {
        stage: 'download',
        shards: 1,
        rows: 100_000,
        outcomes: { ok: 99_990, 'a|b': 10 },
        bytes: 1e7,
        seconds: 4,
        rate: 25_000,
        steps: { parse: 3 },
      },
    ],
    builds: [
      {
        table: 'text',
        rows: 100_000,
        seconds: 44,
        rate: 2270,
        bytes: 1e8,
        peakBytes: 1e9,
        committed: '2026-11-24T06:10:54.123Z',
      },
    ],
    earlier: [
      {
        run: 'before',
        created: 'x',
        comparable: true,
        noisy: false,
        builds: [{ table: 'text', rows: 90_000, seconds: 40 }],
        points: [{ track: 'text-to-text', rows: 90_000, recall: 0.992, p50: 5, p95: 7.9, qps: 120 }],
      },
    ],
    model: { name: 'stand', digest: 'abc', standIn: 'It is not CLIP.' },
    remarks: ['text-to-text: 1 of 5 settings are not given.'],
  })
}

describe('the page', () => {
  const page = htmlReport(fullReport())

  it('names engine and model, marks a stand-in, and prints every figure with its interval', () => {
    expect(page).toContain('embedded ClickHouse 26.7.2.1')
    expect(page).toContain('stand-in model')
    expect(page).toContain('0.9890–0.9960')
  })

  it('does not print what was withheld, and says why', () => {
    expect(page).toContain('not given: the engine says that it did not use the index')
    expect(page).not.toContain('ef 256: recall')
  })

  it('keeps questions unlike the rows apart', () => {
    expect(page.indexOf('Questions unlike the rows')).toBeGreaterThan(page.indexOf('>text-to-text</h3>'))
    expect(page.indexOf('>text-to-image</h3>')).toBeGreaterThan(page.indexOf('Questions unlike the rows'))
  })

  it('holds nothing that would be loaded or run, and escapes what the data brings', () => {
    expect(page).not.toContain('<script')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;</td><td>2026-10</td>')
    expect(page).not.toMatch(/(src|href)=/)
    expect(page).not.toMatch(/url\(|@import/)
    expect(page).toContain('default-src &#39;none&#39;')
  })

  it('draws no broken numbers', () => {
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })
})

describe('the page in a browser', () => {
  it.skipIf(!existsSync(CHROMIUM))(
    'opens from disk without the network, in light, dark and print, with nothing cut off',
    async () => {
      const { chromium } = await import('playwright-core')
      const folder = await mkdtemp(join(tmpdir(), 'promptloom-page-'))
      const path = join(folder, 'report.html')
      await writeFile(path, htmlReport(fullReport()))
      const flags = [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ]
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: flags })
      try {
        const tab = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'dark' })
        const asked: string[] = []
        const complaints: string[] = []
        tab.on('request', (request) => asked.push(request.url()))
        tab.on('console', (message) => complaints.push(message.text()))
        await tab.goto(`file://${path}`)
        const paper = () => tab.evaluate('getComputedStyle(document.body).backgroundColor')
        const dark = await paper()
        await tab.emulateMedia({ colorScheme: 'light' })
        expect(await paper()).not.toBe(dark)
        expect(await tab.locator('svg').count()).toBeGreaterThanOrEqual(8)
        expect(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
        await tab.setViewportSize({ width: 390, height: 800 })
        expect(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
        // Why a setting was chosen, under the figures of its row, and on what all was measured: read without scrolling.
        for (const scroll of [
          "document.querySelector('.choices').parentNode",
          "[...document.querySelectorAll('.scroll')].at(-1)",
        ]) {
          expect(await tab.evaluate(`${scroll}.scrollWidth <= ${scroll}.clientWidth`), scroll).toBe(true)
        }
        const places = await tab.evaluate<number[]>(
          "[...document.querySelectorAll('.choices tbody td')].map((cell) => cell.getBoundingClientRect().top)",
        )
        expect(places).toHaveLength(8)
        expect(Math.max(...places.slice(0, -1))).toBeLessThan(places.at(-1) ?? 0)
        expect((await tab.pdf({ format: 'A4' })).subarray(0, 4).toString()).toBe('%PDF')
        expect(asked).toEqual([`file://${path}`])
        expect(complaints).toEqual([])
      } finally {
        await browser.close()
        await rm(folder, { recursive: true, force: true })
      }
    },
  )
})

describe('Markdown', () => {
  const text = markdownReport(fullReport())

  it('has the same figures, and tables that no value can break', () => {
    expect(text).toContain('0.9750 (0.9710–0.9780)')
    expect(text).toContain('not given: the engine says that it did not use the index')
    expect(text).toContain('a\\|b 10')
    expect(text).not.toContain('<script>')
    expect(text).toMatch(/alert\(1\).* \| 2026-10 \| 10 \| 4 \|/)
    for (const line of text.split('\n').filter((one) => one.startsWith('|'))) expect(line.endsWith('|')).toBe(true)
  })
})

describe('JSON', () => {
  it('round-trips through the published schema, which is up to date', async () => {
    expect(reportSchema.parse(JSON.parse(JSON.stringify(fullReport())))).toEqual(fullReport())
    expect(() => reportSchema.parse({ ...fullReport(), surprise: 1 })).toThrow()
    const published = JSON.parse(await readFile(join(import.meta.dirname, 'report.schema.json'), 'utf8'))
    expect(published).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(reportSchema))))
  })
})
