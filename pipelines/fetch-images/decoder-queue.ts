import pLimit, { type LimitFunction } from 'p-limit'

/** Weight of the newest measurement in the two averages. */
const NEWEST = 0.05

/**
 * Pictures that are decoded, a few at a time, and those that wait for it. It says when there are enough: a picture
 * that is asked for long before its turn only grows old in memory, where each collection of garbage has to move it.
 * Enough is what keeps the decoders busy for as long as the next picture takes to come, and two rounds more.
 */
export class DecoderQueue {
  readonly #decoders: number
  readonly #limit: LimitFunction
  readonly #now: () => number
  #held: (() => void)[] = []
  #arrivalMs = 0
  #decodeMs = 0

  /** @param decoders pictures at the same time. @param now milliseconds, monotonic; default the system's. */
  constructor(decoders: number, now: () => number = () => performance.now()) {
    this.#decoders = decoders
    this.#limit = pLimit(decoders)
    this.#now = now
  }

  /** Waits until another picture is needed. */
  async room(): Promise<void> {
    while (this.#full) await new Promise<void>((resolve) => this.#held.push(resolve))
  }

  /** Decodes in turn. @param arrivalMs milliseconds from the request for the picture to its last byte. */
  async run<T>(arrivalMs: number, decode: () => Promise<T>): Promise<T> {
    this.#arrivalMs += (arrivalMs - this.#arrivalMs) * NEWEST
    try {
      return await this.#limit(() => this.#timed(decode))
    } finally {
      if (!this.#full) for (const release of this.#held.splice(0)) release()
    }
  }

  get #full(): boolean {
    const rounds = 2 + this.#arrivalMs / Math.max(1, this.#decodeMs)
    return this.#limit.pendingCount >= this.#decoders * rounds
  }

  async #timed<T>(decode: () => Promise<T>): Promise<T> {
    const begun = this.#now()
    try {
      return await decode()
    } finally {
      this.#decodeMs += (this.#now() - begun - this.#decodeMs) * NEWEST
    }
  }
}
