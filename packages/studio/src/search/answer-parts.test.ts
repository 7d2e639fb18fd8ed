// @vitest-environment happy-dom
import type { Answer } from '@promptloom/search/answer'
import { type ComponentChild, h, render } from 'preact'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { go } from '../navigation.ts'
import { PromptCard } from '../results/prompt-card.tsx'
import type { WallItem } from '../results/wall-item.ts'
import { emptyTray, pickedIds } from '../tray/tray.ts'
import { TrayBar } from '../tray/tray-bar.tsx'
import { asked } from './asked.ts'
import { EmptyAnswer } from './empty-answer.tsx'
import { PartChips } from './part-chips.tsx'

const MARKUP = '<img src=x onerror="alert(1)">'
let root: HTMLElement
beforeEach(() => {
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
  happyDOM.setURL('http://localhost/make')
  root = document.body.appendChild(document.createElement('div'))
  emptyTray()
  go('/make')
})
afterEach(() => {
  render(null, root)
  root.remove()
})
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const show = (node: ComponentChild) => {
  render(node, root)
  return root
}
const buttons = () => [...root.querySelectorAll('button')]
const press = (name: string) =>
  buttons()
    .find((each) => `${each.getAttribute('aria-label')} ${each.textContent}`.includes(name))
    ?.click()

describe('an answer without hits', () => {
  const answer = (more: Partial<Answer>): Answer =>
    ({
      ...{ find: 'pictures', hits: [], verdict: 'nothing_similar', note: `Nothing like ${MARKUP}.`, warnings: [] },
      ...{ closest: { id: 'a/b', prompt: MARKUP, score: 1.23, distance: 0.9 } },
      cutoff: { state: 'calibrated', score: 2.5, falseAcceptRate: 0.05, missRate: null, note: '' },
      ...more,
    }) as Answer
  const empty = (more: Partial<Answer> = {}) => show(h(EmptyAnswer, { answer: answer(more) }))

  it('shows the row that was left out, as text, and how far below the cut-off it lies', () => {
    empty()
    expect(root.querySelector('.closest')?.getAttribute('href')).toBe('/row/a%2Fb')
    expect(root.querySelector('.closest-prompt')?.textContent).toBe(MARKUP)
    expect(root.textContent).toContain('1.2 σ, the cut-off is 2.5 σ')
    expect(root.querySelectorAll('img')).toHaveLength(1)
  })

  it('tells only those rates that were measured', () => {
    expect(empty().textContent).toContain('5.0 % of unrelated questions')
    expect(root.textContent).not.toContain('right rows are lost')
  })

  it('draws a score below nothing, and one beyond the bar, within the bar', () => {
    for (const [score, width] of [
      [-4, '0%'],
      [99, '100%'],
    ] as const) {
      empty({ closest: { id: 'a', prompt: '', score, distance: 1 } })
      expect(root.querySelector<HTMLElement>('.scale-score')?.style.width).toBe(width)
    }
  })

  it('shows no row where there is none', () => {
    empty({ closest: null })
    expect(root.querySelector('.closest')).toBeNull()
    expect(root.querySelector('h1')?.textContent).toBe('Nothing similar enough')
  })

  it('shows what is nearest when it is asked to', () => {
    go('/?q=a+cat&keywords=off')
    empty()
    press('Show the nearest anyway')
    expect(asked.value).toMatchObject({ words: 'a cat', cutoff: false, hybrid: false })
  })

  it('offers to look for the very words where that is off, and not where it was done', () => {
    go('/?q=a+cat&keywords=off')
    empty()
    press('Look for the very words too')
    expect(asked.value).toMatchObject({ words: 'a cat', hybrid: true, cutoff: true })
    empty()
    expect(root.textContent).not.toContain('the very words')
  })

  it('offers to take away what no row meets, and keeps the rest of the question', () => {
    go('/?q=a+cat&phrase=by+night&shape=portrait')
    empty({ verdict: 'no_match', note: 'No row meets it.' })
    const ways = Object.fromEntries([...root.querySelectorAll('a')].map((link) => [link.textContent, link.search]))
    expect(ways).toEqual({
      'Remove the filters': '?q=a+cat&phrase=by+night',
      'Remove the phrases': '?q=a+cat&shape=portrait',
    })
  })

  it('offers nothing to take away where nothing was given', () => {
    go('/?q=a+cat')
    empty({ verdict: 'no_match' })
    expect(root.querySelector('.actions a')).toBeNull()
  })
})

describe('the parts of a question', () => {
  it('are not there where there are none', () => {
    go('/?q=a+cat')
    expect(show(h(PartChips, {})).textContent).toBe('')
  })

  it('are a list with a name, each with what its buttons do', () => {
    go('/?minus=fog&like=row-1&phrase=by+night')
    show(h(PartChips, {}))
    expect(root.querySelector('ul')?.getAttribute('aria-label')).toBe('Parts of the question')
    expect(buttons().map((each) => each.getAttribute('aria-label'))).toEqual([
      'Less of fog; turn it to more',
      'Remove fog',
      'More of this picture; turn it to less',
      'Remove this picture',
      'Remove by night',
    ])
  })

  it('are text, whatever the address says', () => {
    go(`/?minus=${encodeURIComponent(MARKUP)}&phrase=${encodeURIComponent(MARKUP)}`)
    show(h(PartChips, {}))
    expect(root.querySelector('img')).toBeNull()
    expect(root.querySelector('.part-label')?.textContent).toBe(MARKUP)
  })

  it('change the question alone that they are a part of', () => {
    go('/?minus=fog&phrase=by+night&phrase=8k')
    show(h(PartChips, {}))
    press('Remove 8k')
    expect(asked.value.phrases).toEqual(['by night'])
    press('Less of fog')
    expect(asked.value.parts).toEqual([{ kind: 'words', text: 'fog', minus: false }])
  })
})

describe('a card and the tray', () => {
  const item: WallItem = {
    ...{ id: 'a b', prompt: MARKUP, width: 512, height: 512, source_site: 'sketch', origin: 'generated' },
    ...{ hasPicture: true, score: 3.126, copyCount: 1 },
  }
  const card = (more: Partial<WallItem> = {}) =>
    show(
      h(PromptCard, {
        ...{ item: { ...item, ...more }, position: 7, width: 300, height: 120, reachable: false, href: '/row/a%20b' },
        onFocus: () => undefined,
      }),
    )

  it('tells the facts of a row in a line, and what its picture stands in for', () => {
    card()
    expect(root.querySelector('.card-facts')?.textContent).toBe(
      '3.1 σ · 512 × 512 · sketch · painted here · +1 near-duplicate',
    )
    expect(root.querySelector('.stand-in')?.getAttribute('title')).toContain('stand-in for Stable Diffusion')
    expect(root.querySelector('.card-prompt')?.textContent).toBe(MARKUP)
  })

  it('without a picture labels none, and asks not which prompt made it', () => {
    card({ hasPicture: false })
    expect(root.querySelector('.stand-in, img')).toBeNull()
    expect(buttons().map((each) => each.getAttribute('aria-label'))).toEqual(['More like this', 'Pick as inspiration'])
  })

  it('is out of the way of the Tab key, its actions too, where another card is reached by it', () => {
    card()
    expect([...root.querySelectorAll<HTMLElement>('a, button')].map(({ tabIndex }) => tabIndex)).toEqual([
      -1, -1, -1, -1,
    ])
  })

  it('is picked and put back by the same button, which says which it is', async () => {
    card()
    press('Pick as inspiration')
    await settle()
    expect([...pickedIds.value]).toEqual(['a b'])
    expect(root.querySelector('.pick')?.getAttribute('aria-pressed')).toBe('true')
    press('Pick as inspiration')
    await settle()
    expect(pickedIds.value.size).toBe(0)
    expect(root.querySelector('.pick')?.getAttribute('aria-pressed')).toBe('false')
  })

  it('asks for more like it, and for the prompts that could have made it', () => {
    card()
    press('More like this')
    expect(asked.value).toMatchObject({ find: 'pictures', parts: [{ kind: 'row', id: 'a b', minus: false }] })
    press('Which prompt made this?')
    expect(asked.value).toMatchObject({ find: 'prompts', parts: [{ kind: 'row', id: 'a b', minus: false }] })
  })

  it('lies in the tray at the foot of every view but the workbench', async () => {
    card()
    press('Pick as inspiration')
    go('/')
    show(h(TrayBar, {}))
    expect(root.querySelector('.tray-count')?.textContent).toBe('1 picked')
    expect(buttons()[0]?.getAttribute('aria-label')).toBe(`Put back: ${MARKUP}`)
    go('/make')
    await settle()
    expect(root.querySelector('.tray')).toBeNull()
  })

  it('goes from the tray one by one, or all at once', async () => {
    card()
    press('Pick as inspiration')
    card({ id: 'other', prompt: 'a dog' })
    press('Pick as inspiration')
    go('/')
    show(h(TrayBar, {}))
    press('Put back: a dog')
    await settle()
    expect([...pickedIds.value]).toEqual(['a b'])
    press('Clear')
    await settle()
    expect(root.querySelector('.tray')).toBeNull()
  })
})
