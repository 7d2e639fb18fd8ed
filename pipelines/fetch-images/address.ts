import { resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FetchOptions } from './options.ts'

/** Where a row's picture is: on the network, in a file below the configured root, or nowhere. */
export type PictureAddress =
  | { readonly kind: 'web'; readonly url: string; readonly host: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'none'; readonly outcome: 'no_url' | 'bad_url' | 'blocked_address'; readonly detail: string }

/** Reads the address of a row. Relative ones need `baseUrl` or `localRoot`; `file:` ones must lie below the latter. */
export function pictureAddress(url: string, options: Pick<FetchOptions, 'baseUrl' | 'localRoot'>): PictureAddress {
  if (url.trim() === '') return { kind: 'none', outcome: 'no_url', detail: '' }
  const root = options.localRoot === '' ? undefined : resolve(options.localRoot)
  const base = options.baseUrl || (root && pathToFileURL(`${root}${sep}`).href)
  const parsed = URL.canParse(url, base) ? new URL(url, base) : undefined
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') {
    return { kind: 'web', url: parsed.href, host: parsed.host }
  }
  if (parsed?.protocol !== 'file:') {
    return { kind: 'none', outcome: 'bad_url', detail: `"${url}" is no http, https or file address` }
  }
  const path = localPath(parsed)
  if (path === undefined) return { kind: 'none', outcome: 'bad_url', detail: `"${url}" names no file` }
  if (root !== undefined && path.startsWith(root + sep)) return { kind: 'file', path }
  const detail = root === undefined ? 'file: addresses need localRoot' : `"${url}" leads out of ${root}`
  return { kind: 'none', outcome: 'blocked_address', detail }
}

/** Node refuses hosts and encoded slashes in file: URLs. */
function localPath(url: URL): string | undefined {
  try {
    return fileURLToPath(url)
  } catch {
    return undefined
  }
}
