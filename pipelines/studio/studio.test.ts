import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { run } from '@promptloom/runner/run'
import type { Answer } from '@promptloom/search/answer'
import type { Job } from '@promptloom/studio/api/job'
import type { Lineage } from '@promptloom/studio/api/lineage'
import type { PipelineStand } from '@promptloom/studio/api/run'
import { chromiumPath, openBrowser } from '@promptloom/studio/browser.double'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../../tests/program.double.ts'
import { type Configuration, configurationSchema, rememberConfiguration } from '../configuration.ts'
import { samplePicture } from '../fetch-images/picture-samples.double.ts'
import { type Hosting, host } from '../hosting.ts'
import { buildPipeline } from '../pipeline.ts'
import type { Loop } from './loop.ts'
import { openLoop } from './open-loop.ts'
import { openSite } from './site.ts'
import { openStudio, type Studio } from './studio.ts'

let folder: string
let configuration: Configuration
let loop: Loop & AsyncDisposable
let studio: Studio
let server: Hosting
const errors: unknown[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-studio-'))
  const model = join(folder, 'model')
  await writeSyntheticModel(model, TINY)
  const rows = ['id,prompt,url,width,height,source_site']
  for (let at = 0; at < 6; at++) {
    await (await samplePicture(at)).jpeg().toFile(join(folder, `${at}.jpg`))
    rows.push(`row-${at},"a castle number ${at}, oil on canvas, fog",${at}.jpg,96,80,here`)
  }
  const source = join(folder, 'prompts.csv')
  await writeFile(source, `${rows.join('\n')}\n`)
  const workspace = join(folder, 'workspace')
  configuration = configurationSchema.parse({ workspace, source, model, 'fetch-images': { localRoot: folder } })
  await rememberConfiguration(configuration)
  const pipeline = buildPipeline(configuration)
  expect((await run({ workspace, pipeline, to: 'load' })).exitCode).toBe(0)
  loop = await openLoop(configuration)
  studio = await openStudio(configuration, { pipeline, loop, onError: (error) => errors.push(error) })
  const fallback = await openSite(join(import.meta.dirname, '../../packages/studio/dist'))
  server = await host({ routes: studio.routes, fallback }, { host: '127.0.0.1', port: 0, allowHost: [] })
}, 120_000)
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await studio?.[Symbol.asyncDispose]()
  await loop?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(server.url + path)).json()) as T
}
async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.ok, await response.clone().text()).toBe(true)
  return (await response.json()) as T
}
async function finished(path: string, body: unknown): Promise<Job> {
  const { job } = await post<{ job: Job }>(path, body)
  await (await fetch(`${server.url}/api/jobs/${job.id}/events`)).text()
  return (await get<{ job: Job }>(`/api/jobs/${job.id}`)).job
}
const search = (q: string) => get<Answer>(`/api/search?q=${encodeURIComponent(q)}&k=3`)

describe('a studio', () => {
  it('goes through the whole loop, and finds what was kept by the next search', async () => {
    const improved = await finished('/api/refine', { prompt: 'a lonely lighthouse', variants: 1 })
    expect(improved).toMatchObject({ state: 'done', error: null })
    const prompt = improved.variants[0]?.prompt as string
    const painted = await finished('/api/paint', {
      ...{ prompt, width: 64, height: 64, seed: 1, count: 1 },
      refined: { job: improved.id, variant: 0 },
    })
    expect(painted).toMatchObject({ state: 'done', error: null })
    const searches: Promise<Answer>[] = []
    const keeping = finished('/api/keep', { job: painted.id, pictures: [0] })
    for (let at = 0; at < 5; at++) searches.push(search(`castle number ${at}`))
    const kept = await keeping
    expect(kept).toMatchObject({ state: 'done', searchable: true, kept: [{ outcome: 'ok' }] })
    // Nobody was turned away meanwhile.
    for (const answer of await Promise.all(searches)) expect(answer.hits.length).toBeGreaterThan(0)
    const id = kept.kept[0]?.id as string
    const [hit] = (await search(prompt)).hits
    expect(hit).toMatchObject({ prompt, hasPicture: true })
    expect((await fetch(`${server.url}/api/rows/${id}/thumbnail?size=32`)).status).toBe(200)
    const lineage = await get<Lineage>(`/api/rows/${id}/lineage`)
    expect(lineage.nodes.map(({ origin }) => origin)).toEqual(expect.arrayContaining(['generated', 'refined']))
    expect(lineage.nodes.find((node) => node.id === id)?.painter).toMatchObject({ standIn: true })

    expect(await finished('/api/keep', { job: painted.id, pictures: [0] })).toMatchObject({ state: 'done' })
    expect((await search(prompt)).hits.filter((one) => one.id === id).length).toBeLessThanOrEqual(1)
    await post(`/api/rows/${id}/rating`, { rating: 5 })
    expect((await get<Lineage>(`/api/rows/${id}/lineage`)).rating).toBe(5)
    await post(`/api/rows/${id}/forget`, { reason: 'a test' })
    expect((await fetch(`${server.url}/api/rows/${id}`)).status).toBe(404)
  }, 120_000)

  it('draws on rows that somebody has picked', async () => {
    const job = await finished('/api/refine', { prompt: 'a tower', neighbours: ['row-3', 'row-1'], variants: 1 })
    expect(job.neighbours.map(({ id }) => id)).toEqual(['row-3', 'row-1'])
    expect(job.neighbours[0]?.similarity).toBeGreaterThan(-1)
    const failed = await finished('/api/refine', { prompt: 'a tower', neighbours: ['nobody'] })
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'not_found' } })
  })

  it('lends the store to a run of another process, and searches again afterwards', async () => {
    await search('castle')
    const { workspace } = configuration
    const { code, stderr, stdout } = await runProgram(['run', '--only', 'load', '--workspace', workspace])
    expect(code, stderr + stdout).toBe(0)
    expect((await search('castle')).hits.length).toBeGreaterThan(0)
    const stand = await get<PipelineStand>('/api/pipeline')
    expect(stand.stages.map(({ name }) => name)).toContain('load')
  }, 60_000)

  it('is the only one of its workspace', async () => {
    const again = openStudio(configuration, { pipeline: [], loop })
    await expect(again).rejects.toThrow(/in use by process/)
  })

  it('of a folder that is not there says so, and makes none', async () => {
    const nowhere = { ...configuration, workspace: join(folder, 'nowhere') }
    await expect(openStudio(nowhere, { pipeline: [], loop })).rejects.toThrow(/There is no workspace/)
  })

  it('has had no bug on the way', () => expect(errors).toEqual([]))
})

/** After the others: the server, and the workspace, cost more than all that is done with them. */
describe.skipIf(!chromiumPath)('a studio in Chromium', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    browser = await openBrowser()
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => errors.push(error))
    page.on('console', (message) => {
      if (/content security policy|trusted/i.test(message.text())) errors.push(message.text())
    })
  })
  afterAll(() => browser?.close())

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
    await page.goto(`${server.url}/make?prompt=a+quiet+harbour`)
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
    await page.waitForSelector('.lineage >> text=a quiet harbour')
    await page.goto(`${server.url}/?q=a+quiet+harbour&origin=generated`)
    await page.waitForSelector('.tile-link[href^="/row/g-"]')
  }, 180_000)

  it('rates and forgets, after asking', async () => {
    await page.goto(`${server.url}/?q=a+quiet+harbour&origin=generated`)
    await page.click('.tile-link >> nth=0')
    await page.click('.stars label >> nth=4')
    await page.waitForSelector('.stars >> text=Thank you')
    await page.keyboard.press('Escape')
    await page.goto(`${server.url}/?q=a+quiet+harbour&minRating=5`)
    await page.waitForSelector('.tile-link[href^="/row/g-"]')
    await page.click('.tile-link >> nth=0')
    await page.click('.row-panel >> text=Forget …')
    await page.waitForSelector('dialog button:focus')
    expect(await page.textContent('dialog button:focus')).toBe('Cancel')
    await page.click('dialog >> text=Forget it')
    await page.waitForSelector('.notice >> text=Forgotten')
    await page.goto(`${server.url}/?q=a+quiet+harbour`)
    await page.waitForSelector('.tile')
    expect(await page.locator('.tile-link[href^="/row/g-"]').count()).toBe(0)
  }, 180_000)

  it('met no error, and the policy of the page forbade it nothing', () => {
    expect(errors).toEqual([])
  })
})
