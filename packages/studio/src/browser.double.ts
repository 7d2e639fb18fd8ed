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

/** Opens an address in a window of its own, and closes it after the work. @throws AggregateError of the page's errors */
export async function onPage(
  browser: Browser,
  address: string,
  { work, ...options }: BrowserContextOptions & { readonly work: (page: Page) => Promise<void> },
): Promise<void> {
  const viewport = { width: 1280, height: 900 }
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', ...options })
  try {
    const page = await context.newPage()
    const errors: Error[] = []
    page.on('pageerror', (error) => errors.push(error))
    await page.goto(address)
    await work(page)
    if (errors.length > 0) throw new AggregateError(errors, `${address} met errors: ${errors.join('; ')}`)
  } finally {
    await context.close()
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
