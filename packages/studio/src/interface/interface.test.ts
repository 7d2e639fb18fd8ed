// @vitest-environment happy-dom
import { type ComponentChild, h, render } from 'preact'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { press } from '../page.double.ts'
import { copyText } from './clipboard.ts'
import { Confirmation } from './confirmation.tsx'
import { Menu } from './menu.tsx'
import { Notices, notify, notifyFailure } from './notice.tsx'
import { isPlain, isTyping } from './shortcuts.ts'
import { storedSignal } from './stored-signal.ts'
import { nextTheme, startTheme, theme } from './theme.ts'

/** Turns of the event loop, and not a time, which a busy machine lets pass before what was due in it. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 4))
}
const show = async (node: ComponentChild) => {
  document.body.innerHTML = '<div id="root"></div><button id="outside">elsewhere</button>'
  render(node, document.getElementById('root') as HTMLElement)
  await settle()
}
const text = () => document.body.textContent ?? ''

afterEach(() => {
  const root = document.getElementById('root')
  if (root) render(null, root)
  localStorage.clear()
})

describe('a menu', () => {
  const menu = h(Menu, { label: 'Size', children: 'what is in it' })
  const button = () => document.querySelector<HTMLButtonElement>('.menu button')

  it('opens and closes by its button, and says which it is', async () => {
    await show(menu)
    expect(button()?.getAttribute('aria-expanded')).toBe('false')
    button()?.click()
    await settle()
    expect(text()).toContain('what is in it')
    expect(button()?.getAttribute('aria-expanded')).toBe('true')
    button()?.click()
    await settle()
    expect(text()).not.toContain('what is in it')
  })

  it('closes by Escape, which no one else hears, and gives the button the focus', async () => {
    await show(menu)
    button()?.click()
    await settle()
    const heard = vi.fn()
    document.addEventListener('keydown', heard, { once: true })
    press(document.querySelector('.menu-panel') as Element, 'Escape')
    await settle()
    expect(text()).not.toContain('what is in it')
    expect(document.activeElement).toBe(button())
    expect(heard).not.toHaveBeenCalled()
    document.removeEventListener('keydown', heard)
  })

  it('closes when something else is touched', async () => {
    await show(menu)
    button()?.click()
    await settle()
    document.getElementById('outside')?.dispatchEvent(new Event('pointerdown', { bubbles: true }))
    await settle()
    expect(text()).not.toContain('what is in it')
  })

  it('lets what is in it close it', async () => {
    const inside = (close: () => void) => h('button', { id: 'done', type: 'button', onClick: close }, 'done')
    await show(h(Menu, { label: 'Size', children: inside }))
    button()?.click()
    await settle()
    document.getElementById('done')?.click()
    await settle()
    expect(document.getElementById('done')).toBeNull()
  })
})

describe('a confirmation', () => {
  it('asks, and does only what was answered', async () => {
    const [onConfirm, onCancel] = [vi.fn(), vi.fn()]
    await show(h(Confirmation, { title: 'Forget it?', action: 'Forget', onConfirm, onCancel, children: 'for good' }))
    expect(document.querySelector('dialog')?.open).toBe(true)
    const [cancel, confirm] = document.querySelectorAll<HTMLButtonElement>('dialog button')
    cancel?.click()
    expect([onCancel.mock.calls.length, onConfirm.mock.calls.length]).toEqual([1, 0])
    confirm?.click()
    expect(onConfirm).toHaveBeenCalledTimes(1)
  })

  it('is named by its title', async () => {
    const nothing = () => undefined
    await show(h(Confirmation, { title: 'Sure?', action: 'Yes', onConfirm: nothing, onCancel: nothing, children: '' }))
    const name = document.querySelector('dialog')?.getAttribute('aria-labelledby') as string
    expect(document.getElementById(name)?.textContent).toBe('Sure?')
  })
})

describe('notices', () => {
  it('are shown as text, with where they lead, and can be dismissed', async () => {
    await show(h(Notices, {}))
    notify({ text: 'Kept <b>it</b>.', link: { href: '/row/7', label: 'Look' } })
    await settle()
    expect(text()).toContain('Kept <b>it</b>.')
    expect(document.querySelector('.notice a')?.getAttribute('href')).toBe('/row/7')
    document.querySelector<HTMLButtonElement>('.notice button')?.click()
    await settle()
    expect(document.querySelector('.notice')).toBeNull()
  })

  it('tell failures in their own words, three at most at once', async () => {
    await show(h(Notices, {}))
    for (let count = 1; count <= 5; count++) notifyFailure(new Error(`fault ${count}`))
    await settle()
    expect([...document.querySelectorAll('.notice-bad span')].map((each) => each.textContent)).toEqual([
      'fault 3',
      'fault 4',
      'fault 5',
    ])
  })
})

describe('a stored signal', () => {
  const isNumber = (value: unknown) => typeof value === 'number'

  it('keeps its value in the browser', () => {
    const count = storedSignal('count', 1, isNumber)
    count.value = 5
    expect(localStorage.getItem('promptloom.count')).toBe('5')
    expect(storedSignal('count', 1, isNumber).value).toBe(5)
  })

  it.each(['"five"', 'null', '{', ''])('begins anew where it finds %j', (found) => {
    localStorage.setItem('promptloom.count', found)
    expect(storedSignal('count', 1, isNumber).value).toBe(1)
  })

  it('follows other windows', () => {
    const count = storedSignal('shared', 1, isNumber)
    window.dispatchEvent(new StorageEvent('storage', { key: 'promptloom.shared', newValue: '7' }))
    expect(count.value).toBe(7)
    window.dispatchEvent(new StorageEvent('storage', { key: 'promptloom.other', newValue: '9' }))
    expect(count.value).toBe(7)
  })
})

describe('the theme', () => {
  it('is the system’s until another is chosen, in turn', () => {
    const stop = startTheme()
    const shown = () => document.documentElement.dataset.theme
    expect([theme.value, shown()]).toEqual(['system', undefined])
    nextTheme()
    expect(shown()).toBe('light')
    nextTheme()
    expect(shown()).toBe('dark')
    nextTheme()
    expect(shown()).toBeUndefined()
    stop()
  })
})

describe('copying', () => {
  it('tells that it was done, or that the browser forbids it', async () => {
    await show(h(Notices, {}))
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: async () => undefined }, configurable: true })
    await copyText('a cat')
    const refuse = () => Promise.reject(new Error('no'))
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: refuse }, configurable: true })
    await copyText('a cat')
    await settle()
    expect(text()).toContain('Prompt copied.')
    expect(text()).toContain('does not let the page copy')
  })
})

describe('keys', () => {
  it('are meant for a field where one has them', () => {
    expect(isTyping(document.createElement('input'))).toBe(true)
    expect(isTyping(document.createElement('textarea'))).toBe(true)
    expect(isTyping(document.createElement('button'))).toBe(false)
    expect(isTyping(null)).toBe(false)
  })

  it('are plain without others held', () => {
    expect(isPlain(new KeyboardEvent('keydown', { key: '/', shiftKey: true }))).toBe(true)
    expect(isPlain(new KeyboardEvent('keydown', { key: '/', ctrlKey: true }))).toBe(false)
  })
})
