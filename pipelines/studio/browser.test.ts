import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { run } from '@promptloom/runner/run'
import { chromiumPath, openBrowser } from '@promptloom/studio/browser.double'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configurationSchema, rememberConfiguration } from '../configuration.ts'
import { samplePicture } from '../fetch-images/picture-samples.double.ts'
import { type Hosting, host } from '../hosting.ts'
import { buildPipeline } from '../pipeline.ts'
import { openLoop } from './open-loop.ts'
import { openSite } from './site.ts'
import { openStudio } from './studio.ts'

const ROWS = 8
const dist = join(import.meta.dirname, '../../packages/studio/dist')

describe.skipIf(!chromiumPath)('the studio in Chromium, over a real workspace', () => {
  const opened: (() => Promise<unknown>)[] = []
  const errors: unknown[] = []
  let folder: string
  let server: Hosting
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptloom-browser-'))
    opened.push(() => rm(folder, { recursive: true, force: true }))
    const configuration = await workspaceIn(folder)
    const pipeline = buildPipeline(configuration)
    expect((await run({ workspace: configuration.workspace, pipeline, to: 'load' })).exitCode).toBe(0)
    const loop = await openLoop(configuration)
    opened.push(async () => loop[Symbol.asyncDispose]())
    const studio = await openStudio(configuration, { pipeline, loop, onError: (error) => errors.push(error) })
    opened.push(async () => studio[Symbol.asyncDispose]())
    const fallback = await openSite(dist)
    server = await host({ routes: studio.routes, fallback }, { host: '127.0.0.1', port: 0, allowHost: [] })
    opened.push(async () => server[Symbol.asyncDispose]())
    browser = await openBrowser()
    opened.push(() => browser.close())
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => errors.push(error))
    page.on('console', (message) => {
      if (/content security policy|trusted/i.test(message.text())) errors.push(message.text())
    })
  }, 120_000)
  afterAll(async () => {
    for (const close of opened.reverse()) await close()
  })

  it('searches by words, shows a hit large, and goes on to more like it and to the prompts that made it', async () => {
    await page.goto(server.url)
    await page.fill('#words', 'a castle number 3')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/?q=a+castle+number+3')
    // The wall of the front page may still be there.
    await page.click('.tile-link[href$="?q=a+castle+number+3"] >> nth=0')
    await page.waitForSelector('.row-picture-large')
    await page.click('.row-panel >> text=More like this')
    await page.waitForURL(/\?like=row-\d+$/)
    await page.waitForSelector('.part-picture img')
    const alike = '.tile:has(.tile-link[href*="?like="]) >> nth=0'
    await page.hover(alike)
    await page.click(`${alike} >> [aria-label="Which prompt made this?"]`)
    await page.waitForURL(/like=row-\d+&find=prompts/)
    await page.waitForSelector('.card')
  }, 180_000)

  it('searches by a picture that is chosen, and finds it first', async () => {
    await page.goto(server.url)
    await page.setInputFiles('.picture-button input', join(folder, '4.jpg'))
    await page.waitForURL(/\?drop=[0-9a-f]{16}$/)
    await page.goto(`${page.url()}&fold=off`)
    await page.click('.tile-link >> nth=0')
    await page.waitForURL(/\/row\/row-4\?drop=/)
    await page.reload()
    await page.waitForSelector('.prompt-text')
    await page.keyboard.press('Escape')
    await page.waitForSelector('.row-view', { state: 'detached' })
    await page.waitForSelector('.tile')
  }, 180_000)

  it('improves, paints and keeps; after a reload the work is still there, and the next search finds it', async () => {
    await page.goto(`${server.url}/make?prompt=a+lonely+lighthouse`)
    await page.waitForSelector('.makers .stand-in')
    await page.click('.editor >> text=Improve')
    await page.waitForSelector('.variant-prompt ins')
    await page.click('.editor [aria-expanded]')
    await page.fill('.paint-settings input[type=number]', '2')
    await page.keyboard.press('Escape')
    await page.click('.variant >> nth=0 >> text=Paint')
    await page.waitForSelector('.painted figure >> nth=1')
    expect(await page.locator('.painted figure .stand-in').count()).toBe(2)
    await page.reload()
    await page.click('.painted figure >> nth=0 >> text=Keep')
    // Left at once: neither the request nor the end of the job is lost with the page.
    await page.goto(`${server.url}/runs`)
    await page.goBack()
    await page.click('.painted figure >> nth=0 >> text=In the collection')
    await page.waitForURL(/\/row\/g-[0-9a-f]+$/)
    await page.waitForSelector('.lineage >> text=a lonely lighthouse')
    await page.goto(`${server.url}/?q=a+lonely+lighthouse&origin=generated`)
    await page.waitForSelector('.tile-link[href^="/row/g-"]')
  }, 180_000)

  it('rates and forgets, after asking', async () => {
    await page.goto(`${server.url}/?q=a+lonely+lighthouse&origin=generated`)
    await page.click('.tile-link >> nth=0')
    await page.click('.stars label >> nth=4')
    await page.waitForSelector('.stars >> text=Thank you')
    await page.keyboard.press('Escape')
    await page.goto(`${server.url}/?q=a+lonely+lighthouse&minRating=5`)
    await page.waitForSelector('.tile-link[href^="/row/g-"]')
    await page.click('.tile-link >> nth=0')
    await page.click('.row-panel >> text=Forget …')
    await page.waitForSelector('dialog button:focus')
    expect(await page.textContent('dialog button:focus')).toBe('Cancel')
    await page.click('dialog >> text=Forget it')
    await page.waitForSelector('.notice >> text=Forgotten')
    await page.goto(`${server.url}/?q=a+lonely+lighthouse`)
    await page.waitForSelector('.tile')
    expect(await page.locator('.tile-link[href^="/row/g-"]').count()).toBe(0)
  }, 180_000)

  it('met no error, and the policy of the page forbade it nothing', () => {
    expect(errors).toEqual([])
  })
})

async function workspaceIn(folder: string) {
  const model = join(folder, 'model')
  await writeSyntheticModel(model, TINY)
  const rows = ['id,prompt,url,width,height,source_site']
  for (let at = 0; at < ROWS; at++) {
    await (await samplePicture(at)).jpeg().toFile(join(folder, `${at}.jpg`))
    rows.push(`row-${at},"a castle number ${at}, oil on canvas, fog",${at}.jpg,96,80,here`)
  }
  const source = join(folder, 'prompts.csv')
  await writeFile(source, `${rows.join('\n')}\n`)
  const workspace = join(folder, 'workspace')
  const configuration = configurationSchema.parse({ workspace, source, model, 'fetch-images': { localRoot: folder } })
  await rememberConfiguration(configuration)
  return configuration
}
