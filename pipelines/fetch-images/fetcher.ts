import { hash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { emptyPictureRow, type PictureRow } from '@promptloom/dataset/picture-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { PoliteClient } from '@promptloom/http/client'
import { RequestFailure } from '@promptloom/http/failure'
import pLimit from 'p-limit'
import { type PictureAddress, pictureAddress } from './address.ts'
import { SparedCollector } from './collector.ts'
import { DecoderQueue } from './decoder-queue.ts'
import { type FetchFacts, fetchFacts } from './fetch-log.ts'
import type { Finding } from './finding.ts'
import { readLocalFile } from './local-file.ts'
import type { FetchOptions } from './options.ts'
import { type Outcome, outcomeOf } from './outcomes.ts'
import { examine, type Picture, restrictDecoders } from './picture.ts'

/** Who asks; the version is that of the product. */
const PRODUCT = 'Promptloom/0.1.0'
const ACCEPT = 'image/jpeg, image/png, image/webp, image/gif, image/*;q=0.5, */*;q=0.1'
/** Local files open at the same time; each waits for a decoder with its bytes in memory. */
const LOCAL_FILES = 16

/** A row's finding, and the picture to store if there is one. */
export interface Fetched {
  readonly finding: Finding
  readonly picture?: Buffer
}

/** Takes what became of a row. */
export type Keep = (fetched: Fetched) => Promise<void>

/** How a body came: HTTP status, 0 for a file; milliseconds from the first request until it was there. */
interface Arrival {
  readonly status: number
  readonly arrivalMs: number
}

type Known = Partial<Omit<FetchFacts, 'id' | 'url' | 'fetched_at'>>

/** Brings rows to their outcome: address, request, bytes, picture. Shared by all shards of a run. */
export class Fetcher implements AsyncDisposable {
  readonly client: PoliteClient
  readonly #options: FetchOptions
  readonly #collector = new SparedCollector()
  readonly #decoders: DecoderQueue
  readonly #files = pLimit(LOCAL_FILES)
  readonly #placeholders: ReadonlySet<string>

  constructor(options: FetchOptions, signal: AbortSignal) {
    restrictDecoders()
    this.#options = options
    this.#decoders = new DecoderQueue(options.decoders || availableParallelism() + 1)
    this.#placeholders = new Set(options.placeholders)
    this.client = new PoliteClient({
      userAgent: `${PRODUCT} (${options.contact ? `+${options.contact}` : 'no contact given'})`,
      allow: options.allowPrivate,
      concurrency: options.concurrency,
      bodyMemory: options.bodyMemory,
      connectTimeoutMs: options.connectTimeout * 1000,
      headersTimeoutMs: options.headersTimeout * 1000,
      idleTimeoutMs: options.idleTimeout * 1000,
      totalTimeoutMs: options.totalTimeout * 1000,
      attempts: options.attempts,
      optOut: options.optOut,
      robots: options.robots,
      host: {
        maxConcurrency: options.hostConcurrency,
        maxRate: options.hostRate,
        giveUpAfter: options.giveUpAfter,
        refusalPauseMs: options.refusalPause * 1000,
        longestPauseMs: options.longestPause * 1000,
      },
      signal,
    })
  }

  /** Where a row's picture is. */
  address(row: PromptRow): PictureAddress {
    return pictureAddress(row.url, this.#options)
  }

  /**
   * Ends a row in its outcome and hands that to `keep`, while what the body takes of `bodyMemory` is still held: an
   * original's bytes are in memory until they are kept. Throws only for bugs, a broken machine, or the run's abort.
   */
  async fetch(row: PromptRow, keep: Keep): Promise<void> {
    this.#collector.count()
    const address = this.address(row)
    if (address.kind === 'none') return keep(failed(row, address.outcome, { detail: address.detail }))
    return address.kind === 'file' ? this.#fromFile(row, address.path, keep) : this.#fromWeb(row, address.url, keep)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]()
    this.#collector[Symbol.dispose]()
  }

  async #fromFile(row: PromptRow, path: string, keep: Keep): Promise<void> {
    const { localRoot: root, maxBytes } = this.#options
    return this.#files(async () => {
      const file = await readLocalFile(path, { root, maxBytes, memory: this.client.memory })
      if ('outcome' in file) return keep(failed(row, file.outcome, { detail: file.detail }))
      try {
        await keep(await this.#fromBytes(row, file.bytes, { status: 0, arrivalMs: 0 }, { final_url: row.url }))
      } finally {
        file.release()
      }
    })
  }

  async #fromWeb(row: PromptRow, url: string, keep: Keep): Promise<void> {
    await this.#decoders.room()
    const { maxBytes } = this.#options
    const begun = performance.now()
    try {
      await this.client.get(url, { maxBytes, accept: ACCEPT }, async ({ url: final_url, status, body, attempts }) => {
        const arrival = { status, arrivalMs: performance.now() - begun }
        await keep(await this.#fromBytes(row, body, arrival, { final_url, attempts }))
      })
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      const known = { final_url: error.url, opt_out: error.evidence ?? '', detail: error.message }
      await keep(failed(row, outcomeOf(error), known, error.status ?? 0))
    }
  }

  async #fromBytes(row: PromptRow, bytes: Buffer, { status, arrivalMs }: Arrival, known: Known): Promise<Fetched> {
    const sha256 = hash('sha256', bytes)
    const original = { status, sha256, bytes: bytes.length }
    const bad = (outcome: Outcome, detail: string, more: Partial<PictureRow> = {}): Fetched => ({
      finding: {
        row: { ...emptyPictureRow(row.id, outcome), ...original, ...more },
        fetch: fetchFacts(row, { ...known, detail }),
      },
    })
    if (this.#placeholders.has(sha256)) return bad('placeholder', 'a known placeholder')
    const examined = await this.#decoders.run(arrivalMs, () => examine(bytes, this.#options))
    if ('fault' in examined) return bad(examined.fault, examined.detail)
    const { stored, ...facts } = examined.picture
    const mismatch = this.#options.matchSize ? sizeMismatch(row, examined.picture) : undefined
    if (mismatch) return bad('wrong_size', mismatch, { format: facts.format, width: facts.width, height: facts.height })
    const kept = { ...emptyPictureRow(row.id, 'ok'), ...original, ...facts }
    return { finding: { row: kept, fetch: fetchFacts(row, known) }, picture: stored }
  }
}

function failed(row: PromptRow, outcome: Outcome, known: Known, status = 0): Fetched {
  return { finding: { row: { ...emptyPictureRow(row.id, outcome), status }, fetch: fetchFacts(row, known) } }
}

/** How a picture differs from the size its row claims, if the row claims one; EXIF rotation may swap the sides. */
export function sizeMismatch(
  row: PromptRow,
  { width, height, orientation }: Pick<Picture, 'width' | 'height' | 'orientation'>,
): string | undefined {
  const [w, h] = orientation >= 5 ? [height, width] : [width, height]
  const fits = (row.width === 0 || row.width === w) && (row.height === 0 || row.height === h)
  return fits ? undefined : `${w}×${h} where the row says ${row.width}×${row.height}`
}
