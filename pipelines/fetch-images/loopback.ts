import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROMPT_SCHEMA, promptColumns } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { writeTable } from '@promptloom/dataset/table-writer'
import type { FileRef, Outcomes, ShardContext } from '@promptloom/runner/stage'
import { Fetcher } from './fetcher.ts'
import { type FetchOptions, fetchOptions } from './options.ts'
import { fetchImagesStage } from './stage.ts'

/** Pictures served on loopback by another process. */
export interface Gallery extends AsyncDisposable {
  readonly origin: string
  /** Connections that the server sees open. */
  connections(): Promise<number>
  /** Milliseconds of processor time that the server has taken so far. */
  cpuMs(): Promise<number>
}

/** Starts the server with these pictures. */
export async function openGallery(pictures: readonly Buffer[]): Promise<Gallery> {
  const program = join(import.meta.dirname, 'loopback-gallery.ts')
  const child = fork(program, {
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
  })
  const answer = async (question: object) => {
    child.send(question)
    const [message] = (await once(child, 'message')) as [{ port: number; connections: number; cpuMs: number }]
    return message
  }
  const { port } = await answer({ pictures })
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: async () => (await answer({ facts: true })).connections,
    cpuMs: async () => (await answer({ facts: true })).cpuMs,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** Options for loopback: the machine is the limit, not the host's comfort. */
export function loopbackOptions(changes: Partial<FetchOptions> = {}): FetchOptions {
  return fetchOptions.parse({ allowPrivate: ['127.0.0.1'], hostRate: 1e6, minSide: 1, ...changes })
}

/** The stage outside a run, in a scratch workspace: shards of URLs through the stage's own `process`. */
export class ScratchStage implements AsyncDisposable {
  readonly #folder: string
  readonly #options: FetchOptions
  readonly #fetcher: Fetcher
  readonly #opened = new Map<string, AsyncDisposable>()

  private constructor(folder: string, options: FetchOptions) {
    this.#folder = folder
    this.#options = options
    this.#fetcher = new Fetcher(options, new AbortController().signal)
    this.#opened.set('fetcher', this.#fetcher)
  }

  /** Makes the workspace. */
  static async open(options: FetchOptions): Promise<ScratchStage> {
    return new ScratchStage(await mkdtemp(join(tmpdir(), 'promptloom-bench-')), options)
  }

  /** Fetches one shard of URLs, and throws its files away. */
  async fetch(urls: readonly string[]): Promise<Outcomes> {
    const rows = urls.map((url, n): PromptRow => {
      return { id: String(n), prompt: '-', url, width: 0, height: 0, source_site: '', origin: 'dataset', parents: [] }
    })
    const input: FileRef = { stage: 'download', shard: '00000', name: '00000.parquet', bytes: 0, sha256: '' }
    // Nothing is ever committed here; what an earlier call has fetched would not be fetched again.
    await rm(join(this.#folder, 'cache'), { recursive: true, force: true })
    await writeTable(join(this.#folder, 'rows.parquet'), PROMPT_SCHEMA, promptColumns(rows))
    const shard = { name: '00000', rows: rows.length, inputs: [input] }
    const before = this.#fetcher.client.counts.requests
    const { outcomes } = await fetchImagesStage.process(shard, this.#context())
    const asked = this.#fetcher.client.counts.requests - before
    if (asked < urls.length) throw new Error(`Only ${asked} of ${urls.length} URLs were asked for.`)
    return outcomes
  }

  /** Closes the client and deletes the workspace. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#opened.values()) await resource[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #context(): ShardContext<FetchOptions> {
    const silent = () => {}
    return {
      options: this.#options,
      workspace: this.#folder,
      run: 'benchmark',
      signal: new AbortController().signal,
      log: { info: silent, warn: silent },
      upstream: () => [],
      own: () => [],
      open: async <T extends AsyncDisposable>(key: string, opener: () => Promise<T>) => {
        const opened = (this.#opened.get(key) as T | undefined) ?? (await opener())
        this.#opened.set(key, opened)
        return opened
      },
      write: (ending) => join(this.#folder, `written.${ending}`),
      read: async () => join(this.#folder, 'rows.parquet'),
      time: (_, work) => work(),
      progress: silent,
    }
  }
}
