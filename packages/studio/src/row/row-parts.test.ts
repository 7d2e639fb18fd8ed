// @vitest-environment happy-dom
import { type ComponentChild, h, render } from 'preact'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Lineage, LineageNode } from '../api/lineage.ts'
import type { WallItem } from '../results/wall-item.ts'
import { LineageTree } from './lineage-tree.tsx'
import { PromptText } from './prompt-text.tsx'
import { RowFacts } from './row-facts.tsx'

const MARKUP = '<img src=x onerror="alert(1)">'
let root: HTMLElement
beforeEach(() => {
  root = document.body.appendChild(document.createElement('div'))
})
afterEach(() => {
  render(null, root)
  root.remove()
})
const show = (node: ComponentChild) => {
  render(node, root)
  return root
}
const texts = (selector: string) => [...root.querySelectorAll(selector)].map((each) => each.textContent)

describe('a prompt that is shown', () => {
  const said: [string, boolean][] = []
  const prompt = (text: string) =>
    show(
      h(PromptText, {
        ...{ prompt: text, hint: 'Search for', hrefOf: (phrase: string) => `/?q=${encodeURIComponent(phrase)}` },
        onPhrase: (...call) => void said.push(call),
      }),
    )
  const links = () => [...root.querySelectorAll('a')]
  /** @returns whether the browser is left to follow the link */
  const click = (at: number, more: MouseEventInit = {}) =>
    links()[at]?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...more }))
  beforeEach(() => {
    said.length = 0
  })

  it.each(['a castle, (sharp focus:1.2), 8k', '  a cat ,, b ', `${MARKUP}, </p><script>x</script>`, 'one', ''])(
    'reads as it was written, sign by sign: %j',
    (text) => {
      expect(prompt(text).textContent).toBe(text)
      expect(root.querySelector('img, script')).toBeNull()
    },
  )

  it('leads to each of its phrases, without the signs that weight them', () => {
    prompt('a castle, (sharp focus:1.2)')
    expect(click(1)).toBe(false)
    expect(said).toEqual([['sharp focus', false]])
    expect(links()[1]?.title).toContain('Search for “sharp focus”')
  })

  it('leads away from a phrase with Shift or Alt held', () => {
    prompt('a castle, fog')
    click(1, { shiftKey: true })
    click(0, { altKey: true })
    expect(said).toEqual([
      ['fog', true],
      ['a castle', true],
    ])
  })

  it('has a link for each, which opens a tab where that is asked for', () => {
    prompt('a castle, (fog:1.2), night')
    expect(links().map((link) => link.getAttribute('href'))).toEqual(['/?q=a%20castle', '/?q=fog', '/?q=night'])
    expect([click(0, { ctrlKey: true }), click(0, { metaKey: true })]).toEqual([true, true])
    expect(said).toEqual([])
  })

  it('can be selected: a pointer that was drawn over words follows no link', () => {
    prompt('a castle, fog')
    document.getSelection()?.selectAllChildren(root)
    click(0, { detail: 1 })
    expect(said).toEqual([])
    // The key Enter has no pointer.
    click(0)
    document.getSelection()?.removeAllRanges()
    click(1, { detail: 1 })
    expect(said).toEqual([
      ['a castle', false],
      ['fog', false],
    ])
  })

  it('has no button where all of it shows', () => {
    expect(prompt('a castle, fog').querySelector('button')).toBeNull()
  })
})

const item: WallItem = {
  ...{ id: 'a', prompt: 'a cat', width: 512, height: 768, source_site: 'example.org', origin: 'dataset' },
  hasPicture: true,
}
const node = (id: string, more: Partial<LineageNode> = {}): LineageNode => ({
  ...{ id, prompt: `prompt of ${id}`, origin: 'dataset', hasPicture: false, parents: [], asked: null, reason: null },
  ...{ refiner: null, painter: null, parameters: null, created: null, forgotten: false },
  ...more,
})
const lineage = (...nodes: LineageNode[]): Lineage => ({ id: 'a', nodes, rating: null })

describe('the facts of a row', () => {
  type Row = Parameters<typeof RowFacts>[0]['row']
  const facts = (more: Partial<WallItem> = {}, row: object | null = null, of: Lineage | null = null) => {
    show(h(RowFacts, { item: { ...item, ...more }, row: row as Row, lineage: of }))
    return Object.fromEntries(
      [...root.querySelectorAll('dl > div')].map((each) => [
        each.querySelector('dt')?.textContent,
        each.querySelector('dd')?.textContent,
      ]),
    )
  }

  it('are named, and those that are not known are not there', () => {
    expect(facts()).toEqual({ Size: '512 × 768', Source: 'example.org' })
    expect(facts({ width: 0, source_site: '' })).toEqual({})
    expect(facts({ origin: 'generated' })).toMatchObject({ Origin: 'painted here' })
  })

  it('say how well picture and prompt agree, down to not at all', () => {
    expect(facts({}, { url: '', clipScore: 0.3149 })).toMatchObject({ Agreement: '0.31 between prompt and picture' })
    expect(facts({}, { url: '', clipScore: 0 })).toMatchObject({ Agreement: '0.00 between prompt and picture' })
    expect(facts({}, { url: '', clipScore: null })).not.toHaveProperty('Agreement')
  })

  it('say that a prompt is longer than the model reads', () => {
    expect(facts({}, { url: '', truncated: true }).Length).toContain('longer than the model reads')
    expect(facts({}, { url: '', truncated: false })).not.toHaveProperty('Length')
  })

  it('tell how it was painted, as text', () => {
    const parameters = { prompt: 'a cat', negativePrompt: MARKUP, seed: 0, cfgScale: 7.5, sampler: null, model: '' }
    expect(facts({}, null, lineage(node('a', { parameters })))).toMatchObject({
      'Negative prompt': MARKUP,
      Seed: '0',
      'Cfg scale': '7.5',
    })
    expect(texts('dt')).not.toContain('Prompt')
    expect(texts('dt')).not.toContain('Sampler')
    expect(root.querySelector('img')).toBeNull()
  })

  it.each(['https://example.org/a.png?x=1&y=%3Cb%3E', 'http://example.org/'])('link to %s', (url) => {
    facts({}, { url })
    const link = root.querySelector('a')
    expect([link?.getAttribute('href'), link?.textContent]).toEqual([url, url])
    expect(link?.rel).toContain('noopener')
    expect(link?.rel).toContain('noreferrer')
  })

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>',
    'https://',
    'file:///etc/hosts',
    '',
  ])('never link to %j', (url) => {
    facts({}, { url })
    expect(root.querySelector('a')).toBeNull()
  })
})

describe('the lineage of a row', () => {
  const tree = (...nodes: LineageNode[]) => show(h(LineageTree, { lineage: lineage(...nodes) }))

  it('is not there where nothing is known, or the row itself is not', () => {
    expect(tree(node('a')).textContent).toBe('')
    expect(tree(node('b')).textContent).toBe('')
    expect(tree(node('a', { asked: 'prompt of a' })).textContent).toBe('')
  })

  it('shows what it comes from and what it led to, each a link', () => {
    tree(node('a', { parents: ['p/1'] }), node('p/1'), node('child', { parents: ['a'], origin: 'refined' }))
    expect(texts('h3')).toEqual(['Comes from', 'Led to'])
    expect([...root.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
      '/row/p%2F1',
      '/row/child',
    ])
    expect(root.textContent).toContain('from the collection')
  })

  it('nests grandparents under parents', () => {
    tree(node('a', { parents: ['b'] }), node('b', { parents: ['c'] }), node('c'))
    expect(root.querySelector('.twigs .twigs')?.textContent).toContain('prompt of c')
  })

  it('keeps the place of a row that was forgotten, without a way to it', () => {
    tree(node('a', { parents: ['gone'] }), node('gone', { forgotten: true, prompt: '' }))
    expect(root.querySelector('.twig')?.textContent).toContain('forgotten')
    expect(root.querySelector('.twig')?.textContent).toContain('Its words are gone.')
    expect(root.querySelector('a')).toBeNull()
  })

  it('says what was asked for, why it was changed and by whom, stand-ins named', () => {
    const refiner = { kind: 'offline', label: 'offline refiner', standIn: true }
    const painter = { kind: 'a1111', label: 'painter of mine', standIn: false }
    tree(node('a', { asked: 'a cat, plain', reason: 'Blue is calmer.', refiner, painter }))
    expect(texts('.lineage-asked')).toEqual([
      'asked for a cat, plain',
      'why Blue is calmer.',
      'refined by offline refiner stand-in',
      'painted by painter of mine ',
    ])
  })

  it('shows prompts and reasons as text', () => {
    tree(node('a', { parents: ['b'], asked: MARKUP, reason: MARKUP }), node('b', { prompt: MARKUP }))
    expect(root.querySelector('img')).toBeNull()
    expect(root.textContent?.split(MARKUP)).toHaveLength(4)
  })

  it('is a part of the page with a name', () => {
    tree(node('a', { parents: ['b'] }), node('b'))
    const section = root.querySelector('section')
    expect(document.getElementById(section?.getAttribute('aria-labelledby') ?? '')?.textContent).toBe('Lineage')
  })
})
