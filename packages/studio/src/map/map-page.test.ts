import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MapState } from '../api/map.ts'
import { packPoints } from '../api/map-points.ts'
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
import { mainThreadTasks } from '../trace.double.ts'

/** Points of the map where their number is the point, and elsewhere. */
const MANY = 50_000
const FEW = 3_000
/** A browser without a graphics card draws slowly beside other tests. */
const PATIENCE = { timeout: 60_000 }
const CLUSTERS = ['castle, night', 'fox, snow', '<b>clock</b>']

const ready = (count: number): MapState => ({
  state: 'ready',
  fingerprint: String(count).padStart(24, '0'),
  points: count,
  pictures: 900_000,
  projected: 20_000,
  sources: ['here', 'there'],
  clusters: CLUSTERS.map((words, at) => ({
    size: count / CLUSTERS.length,
    words: words.split(', '),
    x: at * 0.6 - 0.6,
    y: 0,
  })),
  seconds: 30,
  made: '2026-11-24T10:00:00.000Z',
  stale: true,
  updating: null,
})

/** Three round groups, side by side. */
function points(count: number): Uint8Array {
  const angle = (at: number) => at * 2.399963
  const radius = (at: number) => 0.28 * Math.sqrt((at % 997) / 997)
  const each = Array.from({ length: count }, (_, at) => at)
  return packPoints({
    x: Float32Array.from(each, (at) => (at % 3) * 0.6 - 0.6 + radius(at) * Math.cos(angle(at))),
    y: Float32Array.from(each, (at) => radius(at) * Math.sin(angle(at))),
    width: Uint16Array.from(each, () => 512),
    height: Uint16Array.from(each, (at) => (at % 2 ? 768 : 512)),
    cluster: Uint16Array.from(each, (at) => at % 3),
    source: Uint16Array.from(each, (at) => at % 2),
    ids: each.map((at) => `row-${String(at).padStart(5, '0')}`),
  })
}

const place = (page: Page) => new URL(page.url()).searchParams.get('at')

/** Turns the wheel until the map, at rest, is nearer than `zoom`; a browser that is behind takes many notches for one. */
async function zoomBeyond(page: Page, zoom: number): Promise<void> {
  const nearer = async () => {
    const now = Number(place(page)?.split(',')[2] ?? 1)
    if (now <= zoom) for (let notch = 0; notch < 6; notch++) await page.mouse.wheel(0, -100)
    return now
  }
  await expect.poll(nearer, { timeout: 60_000, interval: 1_500 }).toBeGreaterThan(zoom)
}

describe.skipIf(!chromiumPath)('the map in Chromium', () => {
  let browser: Browser
  let server: StudioDouble
  let desk: StudioWindow
  let state = ready(FEW)

  beforeAll(async () => {
    server = await studioDouble({
      rows: 10_000,
      file: async (path) => {
        if (path === '/api/map') return { body: JSON.stringify(state) }
        const [, count] = /(\d+)\/points$/.exec(path) ?? []
        if (count) return { type: 'application/octet-stream', body: Buffer.from(points(Number(count))) }
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
    state = ready(FEW)
  })

  const visit = (path: string, work: (page: Page) => Promise<void>, look?: Look) =>
    desk.visit(server.url + path, work, look)
  const drawn = (page: Page) => page.waitForSelector('.map-canvas')

  it('says how many pictures it shows, and of how many', async () => {
    state = ready(MANY)
    await visit('/map', async (page) => {
      await drawn(page)
      expect(await page.textContent('.map-count')).toBe('50,000 of 900,000 pictures · laid out from 20,000')
      expect(await page.locator('.map-legend li').count()).toBe(3)
      expect(await page.textContent('.map-legend')).toContain('<b>clock</b>')
      expect(await page.locator('.map-legend b').count()).toBe(0)
      await page.waitForSelector('text=Make a new map')
    })
  })

  it('draws something at every point’s place', async () => {
    await visit('/map', async (page) => {
      await drawn(page)
      const box = await page.locator('.map-canvas').boundingBox()
      const { default: sharp } = await import('sharp')
      const contrast = async () => {
        const shot = await page.screenshot({ clip: { ...(box as NonNullable<typeof box>) } })
        return Math.max(...(await sharp(shot).stats()).channels.map(({ stdev }) => stdev))
      }
      // A blank canvas has one colour.
      await expect.poll(contrast, PATIENCE).toBeGreaterThan(10)
    })
  })

  it('zooms by wheel and keys, keeps the place in the address, and shows pictures when near', async () => {
    await visit('/map', async (page) => {
      await drawn(page)
      const thumbnails: string[] = []
      page.on('request', (request) => request.url().includes('/thumbnail') && thumbnails.push(request.url()))
      await page.mouse.move(770, 500)
      await zoomBeyond(page, 10)
      await expect.poll(() => thumbnails.length, PATIENCE).toBeGreaterThan(5)
      const before = place(page)
      await page.focus('.map-canvas')
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => place(page), PATIENCE).not.toBe(before)
      await page.keyboard.press('0')
      await expect.poll(() => place(page), PATIENCE).toBeNull()
    })
  })

  it('stays where a key has led while the address still follows the key before', async () => {
    await visit('/map?at=0.2,0,8', async (page) => {
      await drawn(page)
      await page.focus('.map-canvas')
      await page.evaluate(() => {
        const replace = history.replaceState.bind(history)
        history.replaceState = (...parts) => {
          history.replaceState = replace
          replace(...parts)
          const key = new KeyboardEvent('keydown', { key: '0', bubbles: true, cancelable: true })
          document.querySelector('.map-canvas')?.dispatchEvent(key)
        }
      })
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => place(page), PATIENCE).toBeNull()
    })
  })

  it('is dragged and zoomed without a task of 50 ms', async () => {
    state = ready(MANY)
    await visit('/map', async (page) => {
      await drawn(page)
      await browser.startTracing(page, { categories: ['toplevel'] })
      await page.mouse.move(770, 500)
      await page.mouse.down()
      for (let step = 1; step <= 20; step++) await page.mouse.move(770 + step * 8, 500 + step * 2)
      await page.mouse.up()
      await zoomBeyond(page, 10)
      const tasks = mainThreadTasks(JSON.parse(String(await browser.stopTracing())))
      expect(tasks.length).toBeGreaterThan(100)
      // A machine that is busy with other tests may cost one; the map itself costs none.
      expect(tasks.filter((milliseconds) => milliseconds > 50).length).toBeLessThan(tasks.length / 100)
    })
  }, 60_000)

  it('is where its address says, also after a reload', async () => {
    await visit('/map?by=size&at=0.6,0,8', async (page) => {
      await drawn(page)
      expect(await page.textContent('.map-legend')).toContain('513 to 768 pixels')
      await page.reload()
      await drawn(page)
      expect(place(page)).toBe('0.6,0,8')
    })
  })

  it('opens the picture under the pointer, and comes back to where it was', async () => {
    await visit('/map?at=0,0,60', async (page) => {
      await drawn(page)
      await page.focus('.map-canvas')
      await page.keyboard.press('+')
      await page.waitForSelector('.map-card-prompt >> text=number')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/row\/row-/)
      await page.goBack()
      await drawn(page)
      expect(place(page)).toMatch(/,90$/)
    })
  })

  it('goes to a cluster that is chosen', async () => {
    await visit('/map', async (page) => {
      await drawn(page)
      await page.click('.map-legend button >> nth=2')
      await expect.poll(() => new URL(page.url()).searchParams.get('only'), PATIENCE).toBe('2')
      expect(Number(place(page)?.split(',')[0])).toBeCloseTo(0.6, 2)
      expect(await page.getAttribute('.map-legend button >> nth=2', 'aria-pressed')).toBe('true')
    })
  })

  it('is a list too, with the prompts and links to the pictures', async () => {
    await visit('/map?view=list&only=1', async (page) => {
      await page.waitForSelector('.map-members li')
      expect(await page.locator('.map-members li').count()).toBe(24)
      await page.waitForSelector('.map-members a[href="/row/row-00001"] >> text=number 1')
      await page.click('text=Show more')
      await expect.poll(() => page.locator('.map-members li').count(), PATIENCE).toBe(48)
    })
  })

  it('tells how far it is while it is made, and why it cannot be', async () => {
    state = { state: 'working', progress: { fraction: 0.42, state: 'laying the points out' } }
    await visit('/map', async (page) => {
      await page.waitForSelector('text=laying the points out · 42 %')
      state = { state: 'failed', note: 'The map could not be made: no space left.' }
      await page.waitForSelector('text=no space left')
      state = ready(FEW)
      await page.click('text=Try again')
      await drawn(page)
    })
  })

  it('leads back from where nothing is', async () => {
    await visit('/map?at=0.3,0.9,800', async (page) => {
      await page.click('.map-lost >> text=Show all of the map')
      await page.waitForFunction(() => !location.search.includes('at='))
      await page.waitForFunction(() => document.querySelector('.map-lost')?.textContent === '')
    })
  })

  it.each([
    ['/map', 'light', 1280],
    ['/map?only=1&at=0,0,3', 'dark', 390],
    ['/map?view=list', 'dark', 1280],
  ] as const)(
    'has no serious fault for those who listen, or see little: %s, %s, %i pixels',
    async (path, colorScheme, width) => {
      const work = async (page: Page) => {
        await page.waitForSelector('.map-legend')
        expect(await accessibilityFaults(page)).toEqual([])
      }
      await visit(path, work, { colorScheme, width })
    },
  )
})
