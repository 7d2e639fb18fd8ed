import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { DoubleReply } from './studio.double.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}
const dist = resolve(import.meta.dirname, '../dist')

/** Where Chromium is on this machine; undefined where it is not. */
export const chromiumPath = CHROMIUM.find((path) => existsSync(path))

/** Starts Chromium. */
export function openBrowser(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox', '--disable-gpu', ...quiet] })
}

/** How a window looks; as far as it goes in one that is open already. */
export interface Look {
  /** Default light. */
  readonly colorScheme?: 'light' | 'dark'
  /** CSS pixels; default 1280. The height is 900. */
  readonly width?: number
}

/** A window that the tests of a file have one after another: a fresh one costs four times what another address does. */
export interface StudioWindow {
  /**
   * Opens an address as if nobody had been there before: nothing is stored, the pointer is in the corner.
   * @throws AggregateError of the errors that the page met
   */
  visit(address: string, work: (page: Page) => Promise<void>, look?: Look): Promise<void>
}

/** Opens a window; it goes with its browser. @param options of a phone, say; by default nothing moves by itself */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<StudioWindow> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  return {
    visit: async (address, work, { colorScheme = 'light', width = 1280 } = {}) => {
      await page.mouse.move(0, 0)
      if (!options.viewport) await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      await session.send('Storage.clearDataForOrigin', { origin: new URL(address).origin, storageTypes: 'all' })
      errors.length = 0
      await page.goto(address)
      await work(page)
      if (errors.length > 0) throw new AggregateError(errors, `${address} met errors: ${errors.join('; ')}`)
    },
  }
}

interface Findings {
  readonly violations: readonly { id: string; impact: string; nodes: { html: string }[] }[]
  /** Pixels that the page is wide, where that is more than the window; else 0. */
  readonly wider: number
}

/**
 * What on a page keeps people out who listen or see little: serious and critical violations that axe finds, and
 * anything that reaches beyond the window's width. Empty where there is nothing.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  // Words for the page to run, since the server's side, which checks this file too, knows no window.
  const { violations, wider } = await page.evaluate<Findings>(`(async () => ({
    violations: (await axe.run()).violations,
    wider: document.documentElement.scrollWidth > innerWidth ? document.documentElement.scrollWidth : 0,
  }))()`)
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const faults = serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  if (wider > 0) faults.push(`${wider} pixels are wider than the window`)
  return faults
}

/** The built page's files, and the page itself for its views. */
export async function builtFile(path: string): Promise<DoubleReply | undefined> {
  if (path.startsWith('/api/')) return undefined
  const name = extname(path) ? path.slice(1) : 'index.html'
  return { type: TYPES[extname(name)] ?? 'text/plain', body: await readFile(join(dist, name)) }
}
