import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { downloadFile, HubApiError } from '@huggingface/hub'
import { HubError } from './hub-error.ts'

/** One file of a repository, as the hub's tree lists it. */
export interface HubFile {
  readonly name: string
  readonly bytes: number
  /** What the hub says of its content: SHA-256 of a large file, or git's SHA-1 of a small one. */
  readonly digest: { readonly kind: 'sha256' | 'git'; readonly hex: string }
}

/** How the hub is reached. */
export interface HubAccess {
  /** Address, e.g. `https://huggingface.co`, or a mirror's. */
  readonly hub: string
  readonly token?: string | undefined
  readonly fetch?: typeof fetch
  readonly signal?: AbortSignal | undefined
  /** Waits before a failed transfer goes on, in milliseconds, and how often; default 1, 2, 4, 8, 16 seconds. */
  readonly backOff?: readonly number[]
  /** Milliseconds without a byte after which a transfer counts as failed; default 60,000. */
  readonly stall?: number
}

/** Where one file comes from and goes to. */
export interface Transfer extends HubAccess {
  readonly repository: string
  readonly revision: string
  readonly path: string
  readonly progress?: ((bytes: number) => void) | undefined
}

const BACK_OFF = [1000, 2000, 4000, 8000, 16_000]
const STALL = 60_000

/**
 * Gets one file: goes on where an earlier try stopped, compares size and digest with the hub's own record, and only
 * then gives it its name. Returns the SHA-256 of its bytes.
 * @throws HubError when the bytes are not what the hub says, or no byte comes any more after all tries.
 */
export async function fetchHubFile(file: HubFile, transfer: Transfer): Promise<string> {
  const { path } = transfer
  const there = await hashIfThere(path, file)
  if (there?.matches) return there.sha256
  // The name holds the digest: a part of another revision's file is never gone on with.
  const partial = `${path}.${file.digest.hex.slice(0, 16)}.partial`
  await mkdir(dirname(path), { recursive: true })
  for (const last of [false, true]) {
    await fetchAll(file, partial, transfer)
    const got = await hashIfThere(partial, file)
    if (got?.matches) {
      await rename(partial, path)
      return got.sha256
    }
    await rm(partial, { force: true })
    if (last) break
  }
  const size = `${file.bytes} bytes with ${file.digest.kind} ${file.digest.hex.slice(0, 12)}…`
  throw new HubError(
    `${transfer.repository}/${file.name} twice came with other bytes than the hub's record says (${size}); try another mirror.`,
  )
}

/** Appends to the partial file until it has all bytes; a try that got none counts against the number of tries. */
async function fetchAll(file: HubFile, partial: string, transfer: Transfer): Promise<void> {
  // Of an empty file there is nothing to ask for.
  if (file.bytes === 0) await writeFile(partial, '')
  const waits = [...(transfer.backOff ?? BACK_OFF)]
  let have = await sizeOf(partial)
  while (have < file.bytes) {
    try {
      await fetchFrom(have, { file, partial, transfer })
    } catch (error) {
      transfer.signal?.throwIfAborted()
      const wait = waits[0]
      if (wait === undefined || !isTransient(error)) throw error
      const now = await sizeOf(partial)
      if (now === have) waits.shift()
      await sleep(wait, undefined, transfer.signal ? { signal: transfer.signal } : {})
    }
    have = await sizeOf(partial)
  }
}

async function fetchFrom(
  start: number,
  { file, partial, transfer }: { file: HubFile; partial: string; transfer: Transfer },
): Promise<void> {
  const { hub, repository, revision, token, progress } = transfer
  const watch = new Watch(transfer)
  const url = `${hub}/${repository}/resolve/${revision}/${file.name.split('/').map(encodeURIComponent).join('/')}`
  const blob = await downloadFile({
    ...{ repo: repository, path: file.name, revision, hubUrl: hub, xet: false },
    downloadInfo: { size: file.bytes, etag: file.digest.hex, url },
    fetch: watch.fetch,
    ...(token === undefined ? {} : { accessToken: token }),
  })
  if (!blob) throw new HubError(`${repository} has no ${file.name}.`, { exitCode: 2 })
  const output = await open(partial, 'a')
  let at = start
  try {
    for await (const chunk of blob.slice(start).stream() as unknown as AsyncIterable<Uint8Array>) {
      watch.feed()
      await output.write(chunk)
      at += chunk.length
      progress?.(at)
    }
    await output.sync()
  } catch (error) {
    throw watch.failure ?? error
  } finally {
    watch.stop()
    await output.close()
  }
}

/** A fetch that gives up when no byte comes, and refuses an answer that is not the part that was asked for. */
class Watch {
  readonly #stalled = new AbortController()
  readonly #timer: NodeJS.Timeout
  /** The library passes on no more than an error's message; this is the error. */
  failure: unknown

  readonly fetch: typeof fetch

  constructor({ fetch: given = fetch, signal, stall = STALL }: Transfer) {
    const late = () => this.#stalled.abort(new HubError(`No byte came for ${stall / 1000} s.`, { retryable: true }))
    this.#timer = setTimeout(late, stall)
    const signals = signal ? [this.#stalled.signal, signal] : [this.#stalled.signal]
    this.fetch = async (input, init) => {
      try {
        const response = await given(input, { ...init, signal: AbortSignal.any(signals) })
        const from = /^bytes=(\d+)-/.exec(new Headers(init?.headers).get('range') ?? '')?.[1]
        if (from && from !== '0' && response.ok) checkPart(response, from)
        if (!response.ok) this.failure = new HubApiError(String(input), response.status)
        return response
      } catch (error) {
        this.failure = error
        throw error
      }
    }
  }

  feed(): void {
    this.#timer.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

function checkPart(response: Response, from: string): void {
  const range = response.headers.get('content-range') ?? ''
  if (response.status === 206 && range.startsWith(`bytes ${from}-`)) return
  throw new HubError(
    `The hub answered ${response.status} (${range || 'no range'}) when asked for bytes from ${from} on.`,
  )
}

function isTransient(error: unknown): boolean {
  if (error instanceof HubError) return error.retryable
  if (error instanceof HubApiError) return error.statusCode === 429 || error.statusCode >= 500
  return true
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (info) => info.size,
    () => 0,
  )
}

/** SHA-256 of a file, and whether it is what the hub says; undefined where there is none of the right size. */
async function hashIfThere(path: string, { bytes, digest }: HubFile) {
  const there = await stat(path).catch(() => undefined)
  if (there?.size !== bytes) return undefined
  const sha256 = createHash('sha256')
  const git = createHash('sha1').update(`blob ${bytes}\0`)
  const hashes: Hash[] = [sha256, git]
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    for (const hash of hashes) hash.update(chunk as Buffer)
  }
  const hex = { sha256: sha256.digest('hex'), git: git.digest('hex') }
  return { sha256: hex.sha256, matches: hex[digest.kind] === digest.hex }
}
