import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { retry } from '@promptloom/http/retry'
import type { Fetch } from './acquisition.ts'
import { answerError, isExpired } from './answer.ts'
import { DownloadError } from './download-error.ts'
import { type DownloadState, readState, remoteState, sameContent, writeState } from './download-state.ts'
import { exchangeFollowing, requestFailed, statusError } from './http-exchange.ts'

/** Where the bytes are at the moment; a signed address is good for a while only. */
export interface Location {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One file to download. */
export interface ResumableRequest {
  /** How messages name it; without secrets. */
  readonly name: string
  /** Says where the bytes are; asked again when the address has expired. */
  readonly locate: () => Promise<Location>
  /** Where the complete file goes; until then, `<path>.part` and `<path>.json` beside it. */
  readonly path: string
  /** What identifies the content. Bytes of another revision are thrown away; default: whatever is there goes on. */
  readonly revision?: string
  readonly fetch: Fetch
  readonly signal: AbortSignal
  /** First back-off in milliseconds. */
  readonly firstDelay: number
  readonly onBytes: (bytes: number, total?: number) => void
}

/** Tries without a single new byte in between before a download is given up. */
const ATTEMPTS = 6
/** Longest wait that another side can ask for; beyond it the run ends and says so. */
const LONGEST_WAIT_MS = 10 * 60_000

/**
 * Downloads a file to `path`, going on where an earlier attempt, or an earlier process, stopped. A range that isn't
 * the one asked for, another content, or a wrong checksum start it over; what is complete is not asked for again.
 * @throws DownloadError when the file cannot be had.
 */
export async function downloadResumably(request: ResumableRequest): Promise<void> {
  await mkdir(dirname(request.path), { recursive: true })
  const transfer = new Transfer(request)
  if (await transfer.isComplete()) return
  for (;;) {
    const before = await transfer.held()
    try {
      return await retrying(request, () => transfer.attempt())
    } catch (error) {
      // As long as bytes keep coming it is a slow download, not a failed one.
      const advanced = (await transfer.held()) > before
      if (!advanced || !(error instanceof DownloadError && error.retryable && isShort(error))) throw error
    }
  }
}

/** Runs an operation again as long as its errors say that this may help. */
export function retrying<T>(
  { signal, firstDelay }: { signal: AbortSignal; firstDelay: number },
  operation: () => Promise<T>,
): Promise<T> {
  return retry(operation, {
    attempts: ATTEMPTS,
    firstDelay,
    signal,
    cures: (error) => {
      if (!(error instanceof DownloadError) || !error.retryable || !isShort(error)) return false
      return error.afterMs === undefined ? true : { afterMs: error.afterMs }
    },
  })
}

function isShort({ afterMs = 0 }: DownloadError): boolean {
  return afterMs <= LONGEST_WAIT_MS
}

class Transfer {
  readonly #request: ResumableRequest
  readonly #part: string
  #location: Location | undefined

  constructor(request: ResumableRequest) {
    this.#request = request
    this.#part = `${request.path}.part`
  }

  async isComplete(): Promise<boolean> {
    const state = await this.#state()
    const found = await stat(this.#request.path).catch(() => undefined)
    return state?.complete === true && found !== undefined && found.size === state.total
  }

  /** Bytes of the partial file. */
  async held(): Promise<number> {
    return (await stat(this.#part).catch(() => undefined))?.size ?? 0
  }

  async attempt(): Promise<void> {
    const { name, locate, fetch, signal } = this.#request
    const state = await this.#state()
    if (!state) await this.#discard()
    const held = await this.held()
    this.#location ??= await locate()
    const range = held > 0 ? { range: `bytes=${held}-` } : {}
    const { url } = this.#location
    const headers = { ...this.#location.headers, ...range }
    const response = await exchangeFollowing({ name, url, headers, fetch, signal })
    try {
      await this.#take(response, held, state)
    } catch (error) {
      await response.body?.cancel().catch(() => undefined)
      throw requestFailed(error, { name, url, signal })
    }
  }

  async #take(response: Response, held: number, state: DownloadState | undefined): Promise<void> {
    const { name } = this.#request
    if (response.status === 416) return this.#pastEnd(held, state)
    if (!response.ok) throw await this.#refused(response)
    const error = await answerError(response, name)
    if (error) throw error
    const now = remoteState(response, this.#request.revision)
    const resumed = response.status === 206
    if (resumed && (now.start !== held || (held > 0 && state && !sameContent(state, now.state)))) {
      await this.#discard()
      throw new DownloadError('failed_request', `${name} changed while it was downloaded; starting over.`, {
        retryable: true,
      })
    }
    await writeState(this.#request.path, now.state)
    await this.#append(response, resumed ? held : 0, now.state.total)
    await this.#finish(now.state)
  }

  async #append(response: Response, from: number, total: number | undefined): Promise<void> {
    const { onBytes, signal } = this.#request
    let bytes = from
    const counted = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        bytes += chunk.length
        onBytes(bytes, total)
        yield chunk
      }
    }
    const sink = createWriteStream(this.#part, { flags: from === 0 ? 'w' : 'a' })
    const body = response.body ? Readable.fromWeb(response.body as never) : Readable.from([])
    await pipeline(body, counted, sink, { signal })
  }

  /** Checks the whole file and gives it its name. */
  async #finish(state: DownloadState): Promise<void> {
    const { name, path } = this.#request
    const bytes = await this.held()
    if (state.total !== undefined && bytes < state.total) {
      const message = `${name} ended after ${bytes} of ${state.total} bytes.`
      throw new DownloadError('failed_request', message, { retryable: true })
    }
    const tooLong = state.total !== undefined && bytes > state.total
    const md5 = state.md5 === undefined || tooLong ? undefined : await md5Of(this.#part)
    if (tooLong || md5 !== state.md5) {
      await this.#discard()
      const what = tooLong ? `${bytes} bytes instead of ${state.total}` : `MD5 ${md5} instead of ${state.md5}`
      throw new DownloadError('damaged', `${name} arrived damaged: ${what}.`, { retryable: true })
    }
    await rename(this.#part, path)
    await writeState(path, { ...state, total: bytes, complete: true })
  }

  /** HTTP 416: nothing is left to send, or what is held belongs to another content. */
  async #pastEnd(held: number, state: DownloadState | undefined): Promise<void> {
    if (state && state.total === held) return this.#finish(state)
    await this.#discard()
    throw new DownloadError('failed_request', `${this.#request.name} is shorter than what was downloaded.`, {
      retryable: true,
    })
  }

  async #refused(response: Response): Promise<DownloadError> {
    const { name } = this.#request
    const body = (await response.text()).slice(0, 4096)
    if (!isExpired(response.status, body)) return statusError(response, name)
    this.#location = undefined
    return new DownloadError('failed_request', `The address of ${name} has expired.`, { retryable: true })
  }

  /** What is known of the bytes that are held; undefined when they are of no use. */
  async #state(): Promise<DownloadState | undefined> {
    const state = await readState(this.#request.path)
    const { revision } = this.#request
    return state && (revision === undefined || state.revision === revision) ? state : undefined
  }

  async #discard(): Promise<void> {
    await rm(this.#part, { force: true })
  }
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('base64')
}
