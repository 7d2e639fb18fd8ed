import { h, render } from 'preact'
import { App } from './app.tsx'
import { startNavigation } from './navigation.ts'
import { type StudioDouble, type StudioDoubleOptions, studioDouble } from './studio.double.ts'

/** The whole page in a simulated window, over a made-up collection. */
export interface PageDouble extends AsyncDisposable {
  readonly server: StudioDouble
  /** Goes to an address as if it were typed. */
  visit(path: string): Promise<void>
  /** The first element that the selector finds and that says the text, once there is one. */
  find<Found extends HTMLElement = HTMLElement>(selector: string, text?: string): Promise<Found>
  /** Waits until something holds. */
  until(holds: () => boolean): Promise<void>
}

/** Milliseconds; a machine that does other work may need them. */
const PATIENCE = 20_000

/** Opens the page; the window must be happy-dom's. */
export async function openPage(options: StudioDoubleOptions): Promise<PageDouble> {
  const server = await studioDouble(options)
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void; abort(): Promise<void> } }
  happyDOM.setURL(`${server.url}/`)
  // Nothing is laid out here: everything is as wide as the window.
  HTMLElement.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 1000, 50)
  window.scrollTo = () => undefined
  const root = document.body.appendChild(document.createElement('div'))
  const stop = startNavigation()
  render(h(App, {}), root)
  const page: PageDouble = {
    server,
    visit: async (path) => {
      history.pushState(null, '', path)
      window.dispatchEvent(new PopStateEvent('popstate'))
    },
    find: async <Found extends HTMLElement>(selector: string, text = '') => {
      const search = () =>
        [...document.querySelectorAll<Found>(selector)].find((each) =>
          `${each.textContent} ${each.getAttribute('aria-label')}`.includes(text),
        )
      await page.until(() => search() !== undefined)
      return search() as Found
    },
    until: async (holds) => {
      const end = Date.now() + PATIENCE
      while (!holds()) {
        if (Date.now() > end)
          throw new Error(`It did not come to hold: ${holds}\n${document.body.innerHTML.slice(0, 2_000)}`)
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
    },
    async [Symbol.asyncDispose]() {
      render(null, root)
      root.remove()
      stop()
      await happyDOM.abort()
      await server[Symbol.asyncDispose]()
    },
  }
  return page
}

/** Types into a field, as a person does. */
export function typeInto(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

/** Presses a key on an element. */
export function press(target: EventTarget, key: string, more: KeyboardEventInit = {}): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
}
