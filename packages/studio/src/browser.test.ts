import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtFile, chromiumPath, openBrowser } from './browser.double.ts'
import { type StudioDouble, studioDouble } from './studio.double.ts'
import { mainThreadTasks } from './trace.double.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const MAKERS = {
  refiner: { kind: 'offline', label: 'offline refiner', standIn: true },
  painter: { kind: 'sketch', label: 'sketch painter', standIn: true },
}

describe.skipIf(!chromiumPath)('the page in Chromium', () => {
  let browser: Browser
  let server: StudioDouble

  beforeAll(async () => {
    const replies = { '/api/makers': MAKERS, '/api/jobs': { jobs: [] } }
    server = await studioDouble({ rows: 10_000, pageRows: 1_000, replies, file: builtFile })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  /** Opens an address in a window of its own; errors on the page fail the test. */
  const onPage = async (path: string, work: (page: Page) => Promise<void>, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    })
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(server.url + path)
    await work(page)
    expect(errors).toEqual([])
    await context.close()
  }

  it('scrolls through 10,000 results, draws few at a time, and its tasks are short', async () => {
    await onPage('/?q=a+fox', async (page) => {
      await page.waitForSelector('.tile')
      await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'toplevel'] })
      const most = await page.evaluate(async () => {
        let tiles = 0
        for (let still = 0; still < 30; ) {
          const before = document.documentElement.scrollHeight
          window.scrollBy(0, 4_000)
          await new Promise(requestAnimationFrame)
          tiles = Math.max(tiles, document.querySelectorAll('.tile').length)
          const atEnd = window.scrollY + window.innerHeight >= before - 10
          still = atEnd && document.documentElement.scrollHeight === before ? still + 1 : 0
        }
        return tiles
      })
      const tasks = mainThreadTasks(JSON.parse(String(await browser.stopTracing())))
      expect(await page.locator('.wall-item').last().getAttribute('aria-posinset')).toBe('10000')
      expect(most).toBeLessThan(150)
      expect(tasks.length).toBeGreaterThan(500)
      // On a machine that does much else, some of thousands may be longer than they are.
      expect(tasks.sort((a, b) => b - a)[Math.ceil(tasks.length / 1000)]).toBeLessThan(50)
    })
  }, 120_000)

  it('shows prompts as text: markup in them does nothing', async () => {
    await onPage('/row/row-00001?q=a+fox', async (page) => {
      await page.waitForSelector('.prompt-text')
      expect(await page.textContent('.prompt-text')).toContain('<b>detailed</b>')
      expect(await page.locator('.row-panel b').count()).toBe(0)
    })
  })

  it('opens a hit by Enter, steps with the arrow keys, and closes where it was with Escape', async () => {
    await onPage('/?q=a+fox', async (page) => {
      await page.waitForSelector('.tile')
      await page.keyboard.press('/')
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('words')
      // Each key waits for what the one before has done: a loaded machine draws later than it is typed at.
      const focusOn = (position: number) =>
        page.waitForFunction((at) => document.activeElement?.getAttribute('data-position') === String(at), position)
      await page.keyboard.press('ArrowDown')
      await focusOn(0)
      await page.keyboard.press('ArrowRight')
      await focusOn(1)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/row/row-00001?q=a+fox')
      await page.waitForSelector('.prompt-text')
      await page.waitForFunction(() =>
        document.querySelector('[role=dialog], dialog')?.contains(document.activeElement),
      )
      await page.keyboard.press('ArrowRight')
      await page.waitForURL('**/row/row-00002?q=a+fox')
      await page.waitForSelector('.prompt-text')
      await page.keyboard.press('Escape')
      await page.waitForURL('**/?q=a+fox')
      await page.waitForFunction(() => document.activeElement?.getAttribute('data-position') === '1')
    })
  })

  it('keeps what was picked over views and a reload', async () => {
    await onPage('/?q=a+fox', async (page) => {
      await page.hover('.tile >> nth=2')
      await page.click('.tile >> nth=2 >> .pick')
      await page.click('.tray >> text=Make')
      await page.waitForSelector('.inspiration li')
      await page.reload()
      await page.waitForSelector('.inspiration')
      expect(await page.locator('.inspiration li').count()).toBe(1)
    })
  })

  it.each([
    ['/', 'light', 1280],
    ['/?q=a+fox&minus=fog', 'dark', 1280],
    ['/?q=nothing', 'light', 1280],
    ['/row/row-00004?q=a+fox', 'dark', 390],
    ['/make?prompt=a+fox', 'light', 1280],
    ['/?q=a+fox&find=prompts', 'light', 390],
  ] as const)(
    'has no serious fault for those who listen, or see little: %s, %s, %i pixels',
    async (path, colorScheme, width) => {
      await onPage(
        path,
        async (page) => {
          await page.waitForSelector('.tile, .card, .empty, .editor, .prompt-text')
          await page.evaluate(axe)
          const faults = await page.evaluate(async () => {
            const { violations } = await (
              window as unknown as {
                axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
              }
            ).axe.run()
            return violations
              .filter(({ impact }) => impact === 'serious' || impact === 'critical')
              .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
          })
          expect(faults).toEqual([])
          const [content, window_] = await page.evaluate(() => [
            document.documentElement.scrollWidth,
            window.innerWidth,
          ])
          expect(content).toBeLessThanOrEqual(window_ as number)
        },
        { colorScheme, viewport: { width, height: 900 } },
      )
    },
  )
})
