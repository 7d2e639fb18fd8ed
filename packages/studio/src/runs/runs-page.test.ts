import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PipelineStand, ReportList, RunList, StageStand } from '../api/run.ts'
import {
  accessibilityFaults,
  builtFile,
  chromiumPath,
  type Look,
  openBrowser,
  openWindow,
  type StudioWindow,
} from '../browser.double.ts'
import { type StudioDouble, studioDouble } from '../studio.double.ts'

const AT = new Date().toISOString()

const stage = (name: string, more: Partial<StageStand> = {}): StageStand => ({
  name,
  shards: { done: 2, total: 2 },
  rows: 1_000,
  outcomes: { ok: 950, http_404: 40, timeout: 10 },
  kinds: { ok: 'ok', http_404: 'final', timeout: 'transient' },
  transient: 10,
  balanced: true,
  bytes: 41_000_000,
  seconds: 28,
  rate: 35.7,
  ...more,
})
const STAND: PipelineStand = {
  workspace: '/data/mine',
  balanced: true,
  complete: false,
  stages: [
    stage('fetch-images'),
    stage('embed', { shards: { done: 1, total: 4 }, outcomes: { ok: 500 } }),
    stage('load', { shards: { done: 0, total: 0 }, rows: 0, outcomes: {} }),
  ],
  runningSince: null,
  lent: null,
}
const done = {
  ...{ stage: 'embed', planned: 4, ran: 3, skipped: 1, removed: 0, rows: 700, outcomes: { ok: 700 }, failures: [] },
  ...{ seconds: 12, peakBytes: 600e6 },
}
const RUNS: RunList = {
  runs: [
    {
      ...{ run: '20261124T120000000-aaaa', started: AT, ended: AT, state: 'failed', exitCode: 1, seconds: 75 },
      error: 'No space is left on <b>/data</b>.',
      stages: [{ ...done, failures: [{ shard: 'image-00003', message: 'No space is left.' }] }],
    },
    {
      ...{ run: '20261123T120000000-bbbb', started: AT, ended: null, state: 'killed', exitCode: null, seconds: null },
      ...{ error: null, stages: [] },
    },
  ],
}
const REPORTS: ReportList = { reports: [{ name: 'latest.html', bytes: 60_174, modified: AT }] }

/** The log of a run in its second stage, as server-sent events. */
const EVENTS = [
  { msg: 'run-start', stages: ['fetch-images', 'embed', 'load'] },
  { msg: 'stage-start', stage: 'fetch-images' },
  { msg: 'stage-end', report: { stage: 'fetch-images', failures: [], seconds: 9 } },
  { msg: 'stage-start', stage: 'embed' },
  { msg: 'stage-plan', stage: 'embed', todo: 4, rows: 2_000, skipped: 0 },
  { msg: 'shard-start', stage: 'embed', shard: 'image-00000' },
  { msg: 'shard-progress', stage: 'embed', shard: 'image-00000', rows: 500 },
  { level: 40, msg: 'The host <i>slow.example</i> is slow.' },
  { msg: 'shard-failed', stage: 'embed', shard: 'image-00001', error: 'The picture tower broke.' },
]
  .map((line, at) => `event: line\nid: ${at + 1}\ndata: ${JSON.stringify({ time: AT, run: 'r', ...line })}\n\n`)
  .join('')

describe.skipIf(!chromiumPath)('the runs in Chromium', () => {
  let browser: Browser
  let server: StudioDouble
  let desk: StudioWindow
  let stand = STAND

  beforeAll(async () => {
    server = await studioDouble({
      rows: 10,
      replies: { '/api/runs': RUNS, '/api/reports': REPORTS },
      file: async (path) => {
        if (path === '/api/pipeline') return { body: JSON.stringify(stand) }
        if (path === '/api/runs/events') return { type: 'text/event-stream', body: EVENTS, open: true }
        return builtFile(path)
      },
    })
    browser = await openBrowser()
    desk = await openWindow(browser)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  afterEach(() => {
    stand = STAND
  })

  const visit = (path: string, work: (page: Page) => Promise<void>, look?: Look) => {
    const settled = async (page: Page) => {
      await page.waitForSelector('.stage-card')
      await work(page)
    }
    return desk.visit(server.url + path, settled, look)
  }
  const running = { pid: 4711, host: 'night', since: AT, here: false }

  it('show every stage with its ledger', async () => {
    await visit('/runs', async (page) => {
      const cards = page.locator('.stage-card')
      expect(await cards.count()).toBe(3)
      const fetched = await cards.nth(0).textContent()
      for (const text of ['1,000', 'up to date', 'HTTP 404 40', 'timeout 10, tried again', '36 rows/s', '41 MB']) {
        expect(fetched).toContain(text)
      }
      expect(await cards.nth(1).textContent()).toContain('1 of 4')
      expect(await cards.nth(2).textContent()).toContain('not planned yet')
      expect(await page.locator('.live').count()).toBe(0)
    })
  })

  it('show how far a run of another process is, what failed and what was warned of', async () => {
    stand = { ...STAND, runningSince: running, lent: 'A run of the pipeline, process 4711, is at the stage load' }
    await visit('/runs', async (page) => {
      // Lines of the log may come in several pieces.
      await page.waitForSelector('.live >> text=The picture tower broke.')
      const text = await page.textContent('.live')
      expect(text).toContain('by process 4711 on night')
      expect(text).toContain('500 of 2,000 rows')
      expect(text).toContain('image-00001 The picture tower broke.')
      expect(text).toContain('The host <i>slow.example</i> is slow.')
      expect(await page.getAttribute('.step[aria-current=step]', 'class')).toContain('step-running')
      expect(await page.locator('.current progress').evaluate((bar: HTMLProgressElement) => bar.value)).toBe(0.25)
      await page.waitForSelector('.runs-note >> text=searches wait')
    })
  })

  it('open to what each did, the one of the address at once; markup in errors is text', async () => {
    await visit('/runs/20261124T120000000-aaaa', async (page) => {
      const details = await page.textContent('.run-list details[open]')
      for (const text of ['failed', 'No space is left on <b>/data</b>.', 'embed/image-00003', '700', '600 MB']) {
        expect(details).toContain(text)
      }
      expect(await page.locator('.run-list details[open]').count()).toBe(1)
      expect(await page.textContent('.run-list')).toContain('cut off; the next run goes on')
    })
  })

  it('lead to the reports, outside of this page', async () => {
    await visit('/runs', async (page) => {
      const link = page.locator('.report-list a')
      expect(await link.getAttribute('href')).toBe('/reports/latest.html')
      expect(await link.getAttribute('target')).toBe('_blank')
    })
  })

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)(
    'have no serious fault for those who listen, or see little: %s, %i pixels',
    async (colorScheme, width) => {
      stand = { ...STAND, runningSince: running }
      const work = async (page: Page) => {
        await page.waitForSelector('.live')
        expect(await accessibilityFaults(page)).toEqual([])
      }
      await visit('/runs', work, { colorScheme, width })
    },
  )
})
