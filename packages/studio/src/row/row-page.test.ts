// @vitest-environment happy-dom
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Lineage, LineageNode } from '../api/lineage.ts'
import { openPage, type PageDouble, press, typeInto } from '../page.double.ts'

const node = (id: string, more: Partial<LineageNode> = {}): LineageNode => ({
  id,
  prompt: `prompt of ${id}`,
  origin: 'dataset',
  hasPicture: true,
  parents: [],
  asked: null,
  reason: null,
  refiner: null,
  painter: null,
  parameters: null,
  created: null,
  forgotten: false,
  ...more,
})
const painter = { kind: 'sketch', label: 'sketch painter', standIn: true }
const lineage: Lineage = {
  id: 'row-00002',
  rating: 3.4,
  nodes: [
    node('row-00002', {
      asked: 'a clock',
      parents: ['row-00005', 'row-00006'],
      painter,
      parameters: { seed: 42, prompt: 'x' },
    }),
    node('row-00005'),
    node('row-00006', { forgotten: true, prompt: '' }),
    node('row-00007', { parents: ['row-00002'], origin: 'generated' }),
  ],
}

let page: PageDouble

beforeAll(async () => {
  page = await openPage({
    rows: 40,
    replies: {
      '/api/rows/row-00002/lineage': lineage,
      '/api/rows/row-00002/rating': { ok: true },
      '/api/rows/row-00002/forget': { ok: true },
    },
  })
})
afterAll(() => page[Symbol.asyncDispose]())
beforeEach(async () => {
  await page.visit('/?q=an+old+clock')
  await page.find('.tile-link[href$="?q=an+old+clock"]')
  await page.visit('/row/row-00002?q=an+old+clock')
  await page.find('.prompt-text', 'an old clock number 2')
})

const told = (part: string) => page.server.told.filter(({ path }) => path.endsWith(part)).at(-1)?.body

describe('a row, large', () => {
  it('shows its prompt as text, its facts, and why it was found', async () => {
    await page.find('.facts', '1024 × 576')
    await page.find('.facts', 'its picture shows what the words say')
    await page.find('.facts', '0.31 between prompt and picture')
    expect(document.querySelector('.prompt-text b')).toBeNull()
    const link = await page.find<HTMLAnchorElement>('.facts a')
    expect([link.rel, link.target]).toEqual(['noreferrer noopener', '_blank'])
  })

  it('makes the page behind it inert, and has the focus', async () => {
    await page.until(() => document.activeElement?.className === 'row-view')
    expect(document.querySelector('.page')?.hasAttribute('inert')).toBe(true)
  })

  it('searches for a phrase that is clicked, and away from it with Shift', async () => {
    const phrase = await page.find('.phrase', 'by night')
    phrase.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey: true }))
    await page.until(() => location.search === '?q=an+old+clock&minus=by+night')
    await page.visit('/row/row-00002?q=an+old+clock')
    ;(await page.find('.phrase', 'by night')).click()
    await page.until(() => location.search === '?q=by+night')
    // Whoever uses no pointer goes on in the new answer, and not at the top of the page.
    await page.until(() => document.activeElement?.id === 'main')
  })

  it('leads to more like it, to the prompts that could have made it, and to the workbench', async () => {
    const hrefs = [...document.querySelectorAll<HTMLAnchorElement>('.row-panel > .actions a')].map((each) =>
      each.getAttribute('href'),
    )
    expect(hrefs).toEqual([
      '/?like=row-00002',
      expect.stringMatching(/^\/make\?prompt=an%20old%20clock/),
      '/?like=row-00002&find=prompts',
    ])
  })

  it('steps through the answer with the arrow keys, and closes by Escape', async () => {
    press(document.body, 'ArrowRight')
    await page.until(() => location.pathname === '/row/row-00003')
    press(document.body, 'ArrowLeft')
    await page.until(() => location.pathname === '/row/row-00002')
    press(document.body, 'Escape')
    await page.until(() => document.querySelector('.row-view') === null)
  })

  it('shows neighbours, without itself', async () => {
    await page.until(() => document.querySelectorAll('.strip a').length === 12)
    const ids = [...document.querySelectorAll('.strip a')].map((each) => each.getAttribute('href'))
    expect(ids).not.toContain('/row/row-00002?q=an+old+clock')
  })

  it('tells where it comes from and what came of it, and what is gone', async () => {
    const tree = await page.find('.lineage', 'a clock')
    expect(tree.textContent).toContain('painted by sketch painter')
    const [from, to] = tree.querySelectorAll('.twigs')
    expect(from?.textContent).toContain('prompt of row-00005')
    expect(from?.textContent).toContain('forgotten')
    expect(from?.querySelectorAll('a').length).toBe(1)
    expect(to?.textContent).toContain('prompt of row-00007')
    await page.find('.facts', '42')
  })

  it('is rated, and shows the mean until then', async () => {
    await page.find('.stars', 'Mean 3.4')
    ;(await page.find<HTMLInputElement>('.stars input[value="5"]')).click()
    await page.find('.stars', 'Thank you')
    await page.until(() => told('/rating') !== undefined)
    expect(told('/rating')).toEqual({ rating: 5 })
  })

  it('says thanks only once the rating is stored', async () => {
    await page.visit('/row/row-00003?q=an+old+clock')
    await page.find('.prompt-text', 'a harbour number 3')
    ;(await page.find<HTMLInputElement>('.stars input[value="5"]')).click()
    await page.find('.notice', 'There is nothing at')
    expect(document.querySelector('.stars')?.textContent).not.toContain('Thank you')
    expect(document.querySelectorAll('.stars [data-on]').length).toBe(0)
  })

  it('is picked, and put back', async () => {
    press(document.body, 'p')
    await page.find('.tray', '1 picked')
    ;(await page.find('.row-panel .button', 'Picked')).click()
    await page.until(() => document.querySelector('.tray') === null)
  })

  it('is forgotten only when that is confirmed, and is gone from the answer then', async () => {
    ;(await page.find('.row-panel > .bad', 'Forget')).click()
    ;(await page.find('dialog button', 'Cancel')).click()
    await page.until(() => document.querySelector('dialog') === null)
    expect(told('/forget')).toBeUndefined()
    ;(await page.find('.row-panel > .bad', 'Forget')).click()
    typeInto(await page.find<HTMLInputElement>('dialog input'), 'not mine')
    ;(await page.find('dialog .button-bad')).click()
    await page.until(() => document.querySelector('.row-view') === null)
    expect(told('/forget')).toEqual({ reason: 'not mine' })
    await page.find('.tile')
    expect(document.querySelector('[href^="/row/row-00002?"]')).toBeNull()
  })
})

describe('a row that is not there', () => {
  it('is said to be none', async () => {
    await page.visit('/row/nobody')
    await page.find('.row-missing', 'There is no row with the id "nobody"')
    ;(await page.find('.row-missing button', 'To the pictures')).click()
    await page.until(() => document.querySelector('.row-view') === null)
  })

  it('is not said to be none where the server does not answer, and is there once it does', async () => {
    const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
    // The port of TCP's own multiplexer: nothing listens there.
    happyDOM.setURL('http://127.0.0.1:1/')
    await page.visit('/row/row-12345')
    const missing = await page.find('.row-missing', 'Is “promptloom studio” still running?')
    expect(missing.textContent).not.toContain('No such row')
    happyDOM.setURL(`${page.server.url}/row/row-12345`)
    ;(await page.find('.row-missing button', 'Try again')).click()
    await page.find('.prompt-text', 'number 12345')
  })
})
