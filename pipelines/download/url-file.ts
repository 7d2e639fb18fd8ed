import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Json } from '@promptloom/runner/stage'
import type { Acquired, Acquisition, Fetch } from './acquisition.ts'
import { remoteState } from './download-state.ts'
import { exchangeFollowing, requestFailed, statusError } from './http-exchange.ts'
import { downloadResumably, retrying } from './resumable-download.ts'
import { nameOf } from './source.ts'

/** What every remote source needs. */
export interface RemoteOptions {
  readonly fetch: Fetch
  readonly firstDelay: number
  /** The workspace's folder of things that may be deleted at any time. */
  readonly cache: string
  readonly signal: AbortSignal
  /** Ask for a newer version. */
  readonly refresh: boolean
}

/** Folder of a remote source's bytes in the cache. */
export function cacheFolder(cache: string, key: string): string {
  return join(cache, 'download', createHash('sha256').update(key).digest('hex').slice(0, 16))
}

/** A file behind an http(s) address. It may be signed or carry a secret, so records hold only a digest of it. */
export class UrlFile implements Acquisition {
  readonly #url: string
  readonly #name: string
  readonly #options: RemoteOptions
  #revision: string | undefined

  constructor(url: string, options: RemoteOptions) {
    this.#url = url
    this.#name = nameOf({ kind: 'url', url })
    this.#options = options
  }

  async identify(): Promise<Readonly<Record<string, Json>>> {
    const address = createHash('sha256').update(this.#url).digest('hex')
    if (!this.#options.refresh) return { address }
    this.#revision ??= await retrying(this.#options, () => this.#probe())
    return { address, revision: this.#revision }
  }

  async acquire(onBytes: (bytes: number, total?: number) => void): Promise<Acquired> {
    const { fetch, firstDelay, signal, cache } = this.#options
    const path = join(cacheFolder(cache, this.#url), 'source')
    await downloadResumably({
      name: this.#name,
      locate: async () => ({ url: this.#url }),
      path,
      fetch,
      firstDelay,
      signal,
      onBytes,
      ...(this.#revision === undefined ? {} : { revision: this.#revision }),
    })
    return { path, name: this.#name, facts: {} }
  }

  /** What the server says of the file now, from the header of its first byte. */
  async #probe(): Promise<string> {
    const { fetch, signal } = this.#options
    const request = { name: this.#name, url: this.#url, fetch, signal }
    const response = await exchangeFollowing({ ...request, headers: { range: 'bytes=0-0' } })
    try {
      await response.body?.cancel()
      if (!response.ok) throw statusError(response, this.#name)
      return remoteState(response).state.revision
    } catch (error) {
      throw requestFailed(error, request)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
