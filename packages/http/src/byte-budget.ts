/** Bytes that somebody holds of a budget. */
export interface Share {
  /** Gives back all but so many bytes, 0 for all of them; more than are held changes nothing. */
  keep(bytes: number): void
}

interface Waiting<T> {
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Memory that many share, counted in bytes. Whoever needs some takes all of it at once, before the first byte is
 * there, so that nobody holds a part and waits for the rest; first come first served, so that small ones never keep a
 * large one out. Who needs more than there is gets it all, alone.
 */
export class ByteBudget {
  readonly #total: number
  readonly #waiting: (Waiting<Share> & { readonly bytes: number })[] = []
  readonly #onlookers: Waiting<void>[] = []
  #held = 0
  #closed: { reason: unknown } | undefined

  /** @param total bytes, at least 1. */
  constructor(total: number) {
    this.#total = total
  }

  /** Bytes that are held now; never more than the budget. */
  get held(): number {
    return this.#held
  }

  /** How many wait for their bytes. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Waits for so many bytes. Rejects with the reason once closed. */
  async take(bytes: number): Promise<Share> {
    if (this.#closed) throw this.#closed.reason
    const wanted = Math.min(bytes, this.#total)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: wanted, resolve, reject })
      this.#serve()
    })
  }

  /**
   * Waits until nobody waits for bytes: what is begun before then would only wait, too, with a connection open.
   * Rejects with the reason once closed.
   */
  async calm(): Promise<void> {
    if (this.#closed) throw this.#closed.reason
    while (this.#waiting.length > 0) {
      await new Promise<void>((resolve, reject) => this.#onlookers.push({ resolve, reject }))
    }
  }

  /** Turns everybody away who waits, now and later; what is held stays so until it is given back. */
  close(reason: unknown): void {
    this.#closed ??= { reason }
    for (const { reject } of [...this.#waiting.splice(0), ...this.#onlookers.splice(0)]) reject(reason)
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && this.#held + next.bytes <= this.#total; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#held += next.bytes
      next.resolve(this.#share(next.bytes))
    }
    if (this.#waiting.length === 0) for (const { resolve } of this.#onlookers.splice(0)) resolve()
  }

  #share(bytes: number): Share {
    let left = bytes
    return {
      keep: (wanted) => {
        if (wanted >= left) return
        this.#held -= left - wanted
        left = wanted
        this.#serve()
      },
    }
  }
}
