import { join } from 'node:path'
import type { Acquired, Acquisition } from './acquisition.ts'
import { DownloadError } from './download-error.ts'
import { type FileIdentity, fileState, identifyFile } from './file-identity.ts'

/** A file of this machine: identified by content, read where it lies. */
export class LocalFile implements Acquisition {
  readonly #path: string
  readonly #memory: string
  readonly #signal: AbortSignal
  #identity: FileIdentity | undefined

  constructor(path: string, { cache, signal }: { cache: string; signal: AbortSignal }) {
    this.#path = path
    this.#memory = join(cache, 'download-source.json')
    this.#signal = signal
  }

  async identify(): Promise<{ sha256: string }> {
    this.#identity ??= await identifyFile(this.#path, this.#memory, this.#signal)
    return { sha256: this.#identity.sha256 }
  }

  async acquire(): Promise<Acquired> {
    return { path: this.#path, name: this.#path, facts: {} }
  }

  /** @throws DownloadError when the file was changed since it was identified. */
  async confirm(): Promise<void> {
    if (this.#identity === undefined || (await fileState(this.#path)) === this.#identity.state) return
    throw new DownloadError('changed', `${this.#path} was changed while it was read; run again.`, { retryable: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
