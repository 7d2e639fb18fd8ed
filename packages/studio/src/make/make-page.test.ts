// @vitest-environment happy-dom
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Job } from '../api/job.ts'
import { openPage, type PageDouble, typeInto } from '../page.double.ts'
import { emptyTray, togglePicked } from '../tray/tray.ts'
import { draft } from './draft.ts'

const refiner = { kind: 'offline', label: 'offline refiner', standIn: true }
const painter = { kind: 'sketch', label: 'sketch painter', standIn: true }
const job = (id: string, kind: Job['kind'], more: Partial<Job>): Job => ({
  id,
  kind,
  state: 'done',
  created: '2026-01-01T10:00:00.000Z',
  ended: '2026-01-01T10:01:00.000Z',
  request: {},
  maker: null,
  progress: { fraction: 1, state: 'done' },
  neighbours: [],
  variants: [],
  pictures: [],
  kept: [],
  searchable: false,
  error: null,
  ...more,
})
const picture = (position: number) => ({
  ...{ position, width: 512, height: 512, mediaType: 'image/png', prompt: 'a cat, sharp focus', negativePrompt: '' },
  ...{ seed: 7 + position, steps: null, sampler: null, cfg: null, model: null },
})
const refined = job('j-refine', 'refine', {
  maker: refiner,
  request: { prompt: 'a red cat', variants: 2 },
  neighbours: [{ id: 'row-00003', prompt: 'a <i>fox</i>', similarity: 0.8 }],
  variants: [
    { prompt: 'a blue cat, sharp focus', reason: 'Blue is calmer.', neighbours: ['row-00003'] },
    { prompt: 'a red cat, <u>8k</u>', reason: 'More detail.', neighbours: [] },
  ],
})
const painted = job('j-paint', 'paint', {
  maker: painter,
  request: { prompt: 'a cat, sharp focus', count: 2, refined: { job: 'j-refine', variant: 0 } },
  pictures: [picture(0), picture(1)],
})
const failed = job('j-failed', 'paint', {
  state: 'failed',
  request: { prompt: 'a cat', count: 1 },
  error: { code: 'generator_unreachable', message: 'The painter does not answer.' },
})
const refused = job('j-refused', 'paint', {
  maker: painter,
  request: { prompt: 'a cat', count: 3 },
  pictures: [picture(0), picture(1), picture(2)],
})
const keptOfRefused = job('j-keep-refused', 'keep', {
  request: { job: 'j-refused', pictures: [0] },
  kept: [{ position: 0, id: 'g-2', outcome: 'too_small' }],
  searchable: true,
})
const keptInInbox = job('j-keep-inbox', 'keep', {
  request: { job: 'j-refused', pictures: [1] },
  kept: [{ position: 1, id: 'g-3', outcome: 'waiting' }],
})
/** In work when the page first hears of it, and ended when it is asked for by itself. */
const keptMeanwhile = job('j-keep-running', 'keep', { request: { job: 'j-refused', pictures: [2] }, ended: null })
const kept = job('j-keep', 'keep', {
  request: { job: 'j-paint', pictures: [1] },
  kept: [{ position: 1, id: 'g-1', outcome: 'ok' }],
  searchable: true,
})

let page: PageDouble

beforeAll(async () => {
  page = await openPage({
    rows: 20,
    replies: {
      '/api/makers': { refiner, painter },
      '/api/jobs': { jobs: [keptMeanwhile, keptInInbox, keptOfRefused, kept, failed, refused, painted, refined] },
      '/api/refine': { job: refined },
      '/api/paint': { job: painted },
      '/api/keep': { job: kept },
      '/api/jobs/j-refine': { job: refined },
      '/api/jobs/j-paint': { job: painted },
      '/api/jobs/j-failed': { job: failed },
      '/api/jobs/j-failed/again': { job: failed },
      '/api/jobs/j-keep': { job: kept },
      '/api/jobs/j-refused': { job: refused },
      '/api/jobs/j-keep-running': { job: { ...keptOfRefused, id: 'j-keep-running' } },
    },
  })
})
afterAll(() => page[Symbol.asyncDispose]())
beforeEach(async () => {
  emptyTray()
  draft.value = ''
  await page.visit('/make')
  await page.find('.editor')
})

const told = (path: string) => page.server.told.filter((each) => each.path === path).at(-1)?.body

describe('the workbench', () => {
  it('says who refines and who paints, stand-ins labelled', async () => {
    const makers = await page.find('.makers', 'sketch painter')
    expect(makers.textContent).toContain('offline refiner')
    expect(makers.querySelectorAll('.stand-in').length).toBe(2)
  })

  it('offers phrases of what was picked, and draws on it', async () => {
    const item = { id: 'row-00003', prompt: 'a fox, oil on canvas', hasPicture: true, width: 1, height: 1 }
    togglePicked(item)
    typeInto(await page.find<HTMLTextAreaElement>('#prompt'), 'a red cat')
    ;(await page.find('.suggestions button', 'oil on canvas')).click()
    await page.until(() => draft.value === 'a red cat, oil on canvas')
    ;(await page.find('.editor button', 'Improve')).click()
    await page.until(() => location.search === '?refine=j-refine')
    expect(told('/api/refine')).toEqual({ prompt: 'a red cat, oil on canvas', variants: 3, neighbours: ['row-00003'] })
  })

  it('starts from a prompt that the address brings, and takes it out of the address', async () => {
    await page.visit('/make?prompt=a+fox')
    await page.until(() => draft.value === 'a fox' && location.search === '')
  })

  it('cannot improve nothing', async () => {
    expect((await page.find<HTMLButtonElement>('.editor button', 'Improve')).disabled).toBe(true)
  })
})

describe('variants', () => {
  beforeEach(async () => {
    await page.visit('/make?refine=j-refine')
    await page.find('.variant-prompt')
  })

  it('show what changed, why, and whose ideas they use; prompts are text', async () => {
    const [first, second] = document.querySelectorAll('.variant')
    expect(first?.querySelector('del')?.textContent).toBe('red')
    expect([...(first?.querySelectorAll('ins') ?? [])].map((each) => each.textContent)).toEqual([
      'blue',
      ', sharp focus',
    ])
    expect(first?.textContent).toContain('Blue is calmer.')
    expect(first?.querySelector('.sources a')?.getAttribute('title')).toBe('a <i>fox</i>')
    expect(second?.textContent).toContain('<u>8k</u>')
    expect(document.querySelector('.variant u')).toBeNull()
  })

  it('bring back what was asked after a reload', async () => {
    await page.until(() => draft.value === 'a red cat')
  })

  it('are painted with where they come from', async () => {
    ;(await page.find('.variant button', 'Paint')).click()
    await page.until(() => location.search === '?refine=j-refine&paint=j-paint')
    expect(told('/api/paint')).toMatchObject({
      prompt: 'a blue cat, sharp focus',
      count: 4,
      refined: { job: 'j-refine', variant: 0 },
    })
  })

  it('are taken over to be written on', async () => {
    ;(await page.find('.variant button', 'Edit')).click()
    await page.until(() => draft.value === 'a blue cat, sharp focus')
  })
})

describe('painted pictures', () => {
  it('are each labelled as a stand-in’s, with what became of them', async () => {
    await page.visit('/make?paint=j-paint')
    await page.until(() => document.querySelectorAll('.painted figure').length === 2)
    expect(document.querySelectorAll('.painted figure .stand-in').length).toBe(2)
    const [first, second] = document.querySelectorAll('.painted figure')
    expect(first?.textContent).toContain('seed 7')
    await page.find('.painted figure a', 'In the collection')
    expect(second?.querySelector('figcaption a')?.getAttribute('href')).toBe('/row/g-1')
  })

  it('are kept, and the next search is told to find them', async () => {
    await page.visit('/make?paint=j-paint')
    ;(await page.find('.painted figure button', 'Keep')).click()
    await page.find('.notice', 'Kept: the next search can find it.')
    expect(told('/api/keep')).toEqual({ job: 'j-paint', pictures: [0] })
  })

  it('that were refused, or wait in the inbox, are not said to be in the collection', async () => {
    await page.visit('/make?paint=j-refused')
    await page.find('.painted figure', 'Not kept: too small')
    await page.find('.painted figure', 'In the inbox')
    expect(document.querySelector('.painted figure a[href^="/row/"]')).toBeNull()
  })

  it('that were being kept when the page was left are so still, and their end is told', async () => {
    await page.find('.notice', 'Not kept: 1 picture (too small).')
    await page.visit('/make?paint=j-refused')
    expect((await page.find<HTMLButtonElement>('.painted figure button', 'Keeping')).disabled).toBe(true)
  })

  it('are shown where somebody went meanwhile, who is not dragged back', async () => {
    await page.visit('/make?refine=j-refine')
    ;(await page.find('.variant button', 'Paint')).click()
    await page.visit('/runs')
    const notice = await page.find('.notice', 'Your pictures are being painted.')
    expect(notice.querySelector('a')?.getAttribute('href')).toBe('/make?paint=j-paint')
    expect(location.pathname).toBe('/runs')
  })

  it('that failed say why, and can be tried again', async () => {
    await page.visit('/make?paint=j-failed')
    const ended = await page.find('.job-ended', 'The painter does not answer.')
    ended.querySelector('button')?.click()
    await page.until(() => told('/api/jobs/j-failed/again') !== undefined)
  })

  it('are looked for again where the server did not answer', async () => {
    const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
    // The port of TCP's own multiplexer: nothing listens there.
    happyDOM.setURL('http://127.0.0.1:1/')
    await page.visit('/make?refine=j-refine&paint=j-paint')
    await page.until(() => document.querySelectorAll('.empty[role=alert]').length === 2)
    happyDOM.setURL(`${page.server.url}/make?refine=j-refine&paint=j-paint`)
    for (const button of document.querySelectorAll<HTMLElement>('.empty button')) button.click()
    await page.find('.painted figure')
    await page.find('.variant')
  })

  it('of earlier are taken up again with what they came from', async () => {
    const link = await page.find<HTMLAnchorElement>('.earlier a', '2 pictures')
    expect(link.getAttribute('href')).toBe('/make?refine=j-refine&paint=j-paint')
    expect(link.textContent).toContain('stand-in')
  })
})
