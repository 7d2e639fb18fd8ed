import { exitCodeOf } from '@promptloom/runner/errors'
import { RequestError } from '@promptloom/search/server/request-error'
import type { SearchSession } from '../search-session.ts'

/** What a holder needs. */
export interface HolderOptions {
  /** Opens the collection as it is now. */
  readonly open: () => Promise<SearchSession>
  /** Milliseconds that a question waits for a collection that is lent; default 10,000. */
  readonly waitMs?: number
}

interface Held {
  readonly session: SearchSession
  users: number
  /** Set when a newer one has taken its place: closed when its last user leaves. */
  retired: { readonly closed: () => void; readonly failed: (error: unknown) => void } | undefined
}

/**
 * The one open collection of a process that serves for long. Everybody who asks uses the same; it is opened anew when
 * rows have come in, and lent out when another process needs the embedded store, which one process at a time can
 * open. Whoever asks meanwhile waits a moment.
 */
export class CollectionHolder implements AsyncDisposable {
  readonly #options: HolderOptions
  #current: Promise<Held> | undefined
  #closed = false
  #lent: { readonly returned: Promise<void>; readonly why: string } | undefined

  constructor(options: HolderOptions) {
    this.#options = options
  }

  /** Whether somebody else has the collection now, and why. */
  get lent(): string | undefined {
    return this.#lent?.why
  }

  /**
   * Works with the collection, which stays open until the work ends.
   * @throws RequestError 503 where it cannot be opened, or is lent for longer than a moment; whatever `work` throws
   */
  async use<T>(work: (session: SearchSession) => Promise<T>): Promise<T> {
    if (this.#closed) throw new RequestError(503, 'ending', 'The studio is ending; start it again.')
    if (this.#lent) await this.#returned(this.#lent)
    const held = await this.#opened()
    held.users++
    try {
      return await work(held.session)
    } finally {
      held.users--
      await closeUnused(held)
    }
  }

  /** Opens the collection anew, beside the old one, so that rows and pictures that have come in are found. */
  async refresh(): Promise<void> {
    if (this.#lent || !this.#current) return
    const fresh = this.#open()
    // The old one stays where the new one does not open.
    await fresh
    // It may have been lent or closed meanwhile; then nothing may stay open.
    if (this.#lent || this.#closed) return retire(fresh)
    const old = this.#current
    this.#current = fresh
    await retire(old)
  }

  /**
   * Closes the collection for somebody else; disposing of the result takes it back.
   * @param why told to those who ask meanwhile, e.g. `A run of the pipeline is loading rows`
   */
  async lend(why: string): Promise<AsyncDisposable> {
    let giveBack = () => {}
    const returned = new Promise<void>((resolve) => {
      giveBack = resolve
    })
    const lent = { returned, why }
    this.#lent = lent
    const old = this.#current
    this.#current = undefined
    await retire(old)
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#lent === lent) this.#lent = undefined
        giveBack()
      },
    }
  }

  /** Closes the collection when its last user leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const old = this.#current
    this.#current = undefined
    await retire(old)
  }

  async #returned({ returned, why }: { returned: Promise<void>; why: string }): Promise<void> {
    const { waitMs = 10_000 } = this.#options
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), waitMs)
    })
    const first = await Promise.race([returned, late])
    clearTimeout(timer)
    if (first === 'late') throw new RequestError(503, 'collection_lent', `${why}; the search is back when it ends.`)
  }

  async #opened(): Promise<Held> {
    const opening = this.#current ?? this.#open()
    this.#current = opening
    try {
      return await opening
    } catch (error) {
      // The next one who asks tries again.
      if (this.#current === opening) this.#current = undefined
      throw error
    }
  }

  async #open(): Promise<Held> {
    try {
      return { session: await this.#options.open(), users: 0, retired: undefined }
    } catch (error) {
      if (exitCodeOf(error) === undefined) throw error
      const { name, message } = error as Error
      throw new RequestError(503, name === 'StoreBusyError' ? 'collection_busy' : 'not_searchable', message)
    }
  }
}

/** Closes it when nobody uses it any more; resolves when it is closed. */
async function retire(old: Promise<Held> | undefined): Promise<void> {
  const held = await old?.catch(() => undefined)
  if (!held) return
  await new Promise<void>((closed, failed) => {
    held.retired = { closed, failed }
    void closeUnused(held)
  })
}

async function closeUnused(held: Held): Promise<void> {
  if (held.users > 0 || !held.retired) return
  const { closed, failed } = held.retired
  held.retired = undefined
  await held.session[Symbol.asyncDispose]().then(closed, failed)
}
