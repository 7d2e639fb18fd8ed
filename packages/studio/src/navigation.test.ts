// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { go, goBack, place, scrollOf, startNavigation } from './navigation.ts'

let stop: () => void

beforeEach(() => {
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
  happyDOM.setURL('http://localhost/?q=a')
  history.replaceState(null, '', '/?q=a')
  stop = startNavigation()
})
afterEach(() => {
  stop()
  document.body.innerHTML = ''
})

/** Clicks a link; whether the page took the click for itself. The window would load what it did not. */
const click = (html: string, more: MouseEventInit = {}): boolean => {
  document.body.innerHTML = html
  let taken = false
  const last = (event: Event) => {
    taken = event.defaultPrevented
    event.preventDefault()
  }
  window.addEventListener('click', last, { once: true })
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, button: 0, ...more })
  document.querySelector('[data-click], a')?.dispatchEvent(event)
  return taken
}

describe('navigation', () => {
  it('knows the path and what is asked', () => {
    expect(place.value).toMatchObject({ path: '/', depth: 0 })
    expect(place.value.search.get('q')).toBe('a')
  })

  it('goes to an address, as an entry of its own or in the place of the present one', () => {
    const { key } = place.value
    go('/row/7?q=a')
    expect(place.value).toMatchObject({ path: '/row/7', depth: 1 })
    const { key: second } = place.value
    expect(second).not.toBe(key)
    go('/row/8?q=a', { replace: true })
    expect(place.value).toMatchObject({ path: '/row/8', depth: 1, key: second })
  })

  it('goes to the given address where “back” would leave the page', () => {
    goBack('/?q=b')
    expect(place.value).toMatchObject({ path: '/', depth: 0 })
    expect(place.value.search.get('q')).toBe('b')
  })

  it('remembers how far an entry was scrolled when it was left', () => {
    const { key } = place.value
    Object.defineProperty(window, 'scrollY', { value: 1234, configurable: true })
    go('/make')
    expect(scrollOf(key)).toBe(1234)
    expect(scrollOf('never')).toBe(0)
  })

  it('follows links of the page without loading it anew, also from within them', () => {
    expect(click('<a href="/make?prompt=x"><span data-click>y</span></a>')).toBe(true)
    expect(place.value.path).toBe('/make')
    expect(place.value.search.get('prompt')).toBe('x')
  })

  it.each([
    ['<a href="https://example.org/">x</a>', {}],
    ['<a href="/make" target="_blank">x</a>', {}],
    ['<a href="/make" download>x</a>', {}],
    ['<a href="/api/rows/7/picture">x</a>', {}],
    ['<a href="/reports/latest.html">x</a>', {}],
    ['<a href="/make">x</a>', { ctrlKey: true }],
    ['<a href="/make">x</a>', { metaKey: true }],
    ['<a href="/make">x</a>', { shiftKey: true }],
    ['<a href="/make">x</a>', { button: 1 }],
    ['<button data-click>x</button>', {}],
  ])('leaves %s with %o to the browser', (html, more) => {
    expect(click(html, more)).toBe(false)
    expect(place.value.path).toBe('/')
  })

  it('ends when it is told to', () => {
    stop()
    expect(click('<a href="/make">x</a>')).toBe(false)
  })
})
