import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accessibilityFaults,
  builtFile,
  chromiumPath,
  type Look,
  openBrowser,
  openWindow,
  type StudioWindow,
} from './browser.double.ts'
import { doubleRow, type StudioDouble, studioDouble } from './studio.double.ts'
import { mainThreadTasks } from './trace.double.ts'

const MAKERS = {
  refiner: { kind: 'offline', label: 'offline refiner', standIn: true },
  painter: { kind: 'sketch', label: 'sketch painter', standIn: true },
}

/** A prompt of 1,500 letters, written from right to left, with a phrase that takes several lines. */
const LONG = `${'فارس على حصان أبيض '.repeat(8).trim()}, ${'زيت على قماش, '.repeat(98)}ضباب`

describe.skipIf(!chromiumPath)('the page in Chromium', () => {
  let browser: Browser
  let server: StudioDouble
  let desk: StudioWindow

  beforeAll(async () => {
    const long = { ...doubleRow(1), id: 'long', prompt: LONG, truncated: true, clipScore: null }
    const replies = { '/api/makers': MAKERS, '/api/jobs': { jobs: [] }, '/api/rows/long': long }
    server = await studioDouble({ rows: 10_000, pageRows: 1_000, replies, file: builtFile })
    browser = await openBrowser()
    desk = await openWindow(browser)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visit = (path: string, work: (page: Page) => Promise<void>, look?: Look) =>
    desk.visit(server.url + path, work, look)

  it('scrolls through 10,000 results, draws few at a time, and its tasks are short', async () => {
    /** Scrolls until the page has drawn the row at a place of the answer. @returns the most tiles there were at once */
    const scrollTo = (page: Page, row: number, step: number) =>
      page.evaluate(
        async ([until, pixels]) => {
          let tiles = 0
          const last = () => Number([...document.querySelectorAll('.wall-item')].at(-1)?.getAttribute('aria-posinset'))
          while (!(last() >= until)) {
            window.scrollBy(0, pixels)
            await new Promise(requestAnimationFrame)
            tiles = Math.max(tiles, document.querySelectorAll('.tile').length)
          }
          return tiles
        },
        [row, step] as const,
      )
    await visit('/?q=a+fox', async (page) => {
      const fast = await scrollTo(page, 8_500, 40_000)
      // What a task costs may grow with what is there already: the end is watched closely, with its last page to come.
      await browser.startTracing(page, { categories: ['toplevel'] })
      const slow = await scrollTo(page, 10_000, 4_000)
      const tasks = mainThreadTasks(JSON.parse(String(await browser.stopTracing())))
      expect(Math.max(fast, slow)).toBeLessThan(150)
      expect(tasks.length).toBeGreaterThan(500)
      // On a machine that does much else, some of thousands may be longer than they are.
      expect(tasks.sort((a, b) => b - a)[Math.ceil(tasks.length / 1000)]).toBeLessThan(50)
    })
  }, 300_000)

  it('shows prompts as text: markup in them does nothing', async () => {
    await visit('/row/row-00001?q=a+fox', async (page) => {
      await page.waitForSelector('.prompt-text')
      expect(await page.textContent('.prompt-text')).toContain('<b>detailed</b>')
      expect(await page.locator('.row-panel b').count()).toBe(0)
    })
  })

  it('shows the first lines of a long prompt, in its own direction, and the rest when asked', async () => {
    const work = async (page: Page) => {
      const fits = () =>
        page.locator('.prompt-text').evaluate(({ scrollHeight, clientHeight }) => scrollHeight <= clientHeight + 1)
      await page.waitForSelector('.prompt-more >> text=Show all')
      expect(await fits()).toBe(false)
      const copy = await page.locator('.row-panel >> text=Copy prompt').boundingBox()
      expect(copy?.y).toBeLessThan(800)
      const flow = await page.locator('.prompt-text').evaluate((text) => {
        const phrase = [...(text.querySelector('.phrase')?.getClientRects() ?? [])]
        const comma = document.createRange()
        comma.selectNode(text.childNodes[1] as Node)
        const tops = phrase.map(({ top }) => Math.round(top))
        return {
          lines: new Set(tops).size > 1,
          gap: text.getBoundingClientRect().right - Math.max(...phrase.map(({ right }) => right)),
          drop: Math.round(comma.getBoundingClientRect().top) - Math.max(...tops),
        }
      })
      // A phrase is no box: it breaks like the words around it, begins on the right, and its comma is on its last line.
      expect(flow).toEqual({ lines: true, gap: expect.closeTo(0, 0), drop: 0 })
      await page.click('text=Show all')
      expect(await fits()).toBe(true)
      await page.click('text=Show less')
      // By the Tab key one also comes to phrases of the lines that do not show.
      await page.focus('.phrase >> nth=-1')
      await page.waitForSelector('.prompt-text[data-all]')
    }
    await visit('/row/long', work, { width: 390 })
  })

  it('opens a hit by Enter, steps with the arrow keys, and closes where it was with Escape', async () => {
    await visit('/?q=a+fox', async (page) => {
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
    await visit('/?q=a+fox', async (page) => {
      await page.hover('.tile >> nth=2')
      await page.click('.tile >> nth=2 >> .pick')
      await page.click('.tray >> text=Make')
      await page.waitForSelector('.inspiration li')
      await page.reload()
      await page.waitForSelector('.inspiration li')
      expect(await page.locator('.inspiration li').count()).toBe(1)
    })
  })

  it('shows a view that did not come at first as it should be once it comes', async () => {
    await visit('/', async (page) => {
      await page.route('**/assets/make-*', (route) => route.abort())
      await page.click('.views >> text=Make')
      await page.waitForSelector('.empty[role=alert]')
      await page.unroute('**/assets/make-*')
      await page.click('text=Try again')
      await page.waitForSelector('.editor')
      expect(await page.locator('.make').evaluate((view) => getComputedStyle(view).display)).toBe('grid')
    })
  })

  it('goes to the next hit and back when a finger swipes sideways, and not when it scrolls', async () => {
    const work = async (page: Page) => {
      await page.waitForSelector('.row-place')
      const session = await page.context().newCDPSession(page)
      const drag = async ([x, y]: readonly [number, number], [toX, toY]: readonly [number, number]) => {
        const touch = (type: 'touchStart' | 'touchMove', at: { x: number; y: number }) =>
          session.send('Input.dispatchTouchEvent', { type, touchPoints: [at] })
        await touch('touchStart', { x, y })
        for (const part of [0.5, 1]) await touch('touchMove', { x: x + (toX - x) * part, y: y + (toY - y) * part })
        await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      }
      await drag([300, 200], [60, 220])
      await page.waitForURL('**/row/row-00005?q=a+fox')
      await page.waitForSelector('.prompt-text >> text=number 5')
      await drag([60, 200], [300, 190])
      await page.waitForURL('**/row/row-00004?q=a+fox')
      await page.waitForSelector('.prompt-text >> text=number 4')
      await drag([200, 700], [180, 300])
      const scrolled = () => page.evaluate(() => document.querySelector('.row-view')?.scrollTop)
      await expect.poll(scrolled, { timeout: 60_000 }).toBeGreaterThan(100)
      // What comes after shows what the scrolling did not do.
      await drag([300, 200], [60, 200])
      await page.waitForURL('**/row/row-00005?q=a+fox')
    }
    const phone = await openWindow(browser, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } })
    await phone.visit(`${server.url}/row/row-00004?q=a+fox`, work)
  })

  it.each([
    ['/', 'light', 1280, '.front'],
    ['/', 'dark', 390, '.tile'],
    ['/?q=a+fox&minus=fog', 'dark', 1280, '.tile'],
    ['/?q=nothing', 'light', 1280, '.empty'],
    ['/?q=broken', 'light', 390, '.empty[role=alert]'],
    ['/row/row-00004?q=a+fox', 'dark', 390, '#neighbours-heading ~ .strip img'],
    ['/row/row-00004?q=a+fox', 'light', 1280, '#neighbours-heading ~ .strip img'],
    ['/make?prompt=a+fox', 'light', 1280, '.makers .stand-in'],
    ['/make?prompt=a+fox', 'dark', 390, '.makers .stand-in'],
    ['/?q=a+fox&find=prompts', 'light', 390, '.card'],
  ] as const)(
    'has no serious fault for those who listen, or see little: %s, %s, %i pixels',
    async (path, colorScheme, width, settled) => {
      const work = async (page: Page) => {
        await page.waitForSelector(settled)
        expect(await accessibilityFaults(page)).toEqual([])
      }
      await visit(path, work, { colorScheme, width })
    },
  )
})
