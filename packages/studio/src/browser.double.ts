import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
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

/** The built page's files, and the page itself for its views. */
export async function builtFile(path: string): Promise<DoubleReply | undefined> {
  if (path.startsWith('/api/')) return undefined
  const name = extname(path) ? path.slice(1) : 'index.html'
  return { type: TYPES[extname(name)] ?? 'text/plain', body: await readFile(join(dist, name)) }
}
