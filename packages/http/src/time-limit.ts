import { RequestFailure } from './failure.ts'

/** The time one URL may take, counted only while a request of it runs. */
export class TimeLimit {
  readonly #url: string
  readonly #totalMs: number
  #leftMs: number

  constructor(url: string, totalMs: number) {
    this.#url = url
    this.#totalMs = totalMs
    this.#leftMs = totalMs
  }

  /** Whether any time is left for another request. */
  get spent(): boolean {
    return this.#leftMs <= 0
  }

  /** Runs one request; its signal is aborted with a `timeout` failure when the URL's time is up. */
  async run<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const begun = performance.now()
    const timer = setTimeout(
      () => {
        // A timer may fire a fraction of a millisecond early; nothing is left all the same.
        this.#leftMs = 0
        controller.abort(this.#failure())
      },
      Math.max(1, this.#leftMs),
    )
    try {
      return await request(controller.signal)
    } catch (error) {
      // Whatever the abort made the connection say, the time limit was the cause.
      throw controller.signal.aborted ? controller.signal.reason : error
    } finally {
      clearTimeout(timer)
      this.#leftMs -= performance.now() - begun
    }
  }

  #failure(): RequestFailure {
    const message = `${this.#url} took longer than ${this.#totalMs} ms in all.`
    return new RequestFailure('timeout', message, { url: this.#url })
  }
}
