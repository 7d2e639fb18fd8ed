// @vitest-environment happy-dom
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ComponentType, h, render } from 'preact'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LazyView } from './lazy-view.tsx'

const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
const View: ComponentType = () => h('p', { class: 'view' }, 'The view.')
let root: HTMLElement

beforeEach(() => {
  root = document.body.appendChild(document.createElement('div'))
})
afterEach(() => {
  render(null, root)
  root.remove()
})

const broken = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module: /assets/x.js'))
const until = (selector: string) => vi.waitUntil(() => root.querySelector(selector), { timeout: 20_000 })
const again = () => root.querySelector('button')?.click()

async function serving(): Promise<Server> {
  const server = createServer((_, response) => response.end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  happyDOM.setURL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/make`)
  return server
}

it('shows the view once its code is there', async () => {
  render(h(LazyView, { load: async () => View }), root)
  expect(root.textContent).toBe('Loading …')
  await until('.view')
})

it('says that the server does not answer, in no loader’s words, and asks again when told to', async () => {
  const server = await serving()
  await new Promise((resolve) => server.close(resolve))
  const load = vi.fn(broken as () => Promise<ComponentType>)
  render(h(LazyView, { load }), root)
  const alert = await until('[role=alert]')
  expect(alert?.textContent).toContain('Is “promptloom studio” still running?')
  expect(alert?.textContent).not.toContain('module')
  load.mockResolvedValue(View)
  again()
  await until('.view')
  expect(load).toHaveBeenCalledTimes(2)
})

it('loads the page anew where the server answers and the code does not come twice', async () => {
  const server = await serving()
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined)
  render(h(LazyView, { load: broken }), root)
  expect((await until('[role=alert]'))?.textContent).toContain('the page is older than the server')
  expect(reload).not.toHaveBeenCalled()
  again()
  await vi.waitUntil(() => reload.mock.calls.length > 0, { timeout: 20_000 })
  reload.mockRestore()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
