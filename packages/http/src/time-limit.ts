import { RequestFailure } from './failure.ts'

/** The time one URL may take, counted only while a request of it runs. */
export class TimeLimit {
  readonly #url: string
  readonly #totalMs: number
  #leftMs: number
  #running: { readonly controller: AbortController; readonly timer: NodeJS.Timeout; readonly since: number } | undefined

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
    this.#start(controller)
    try {
      return await request(controller.signal)
    } catch (error) {
      // Whatever the abort made the connection say, the time limit was the cause.
      throw controller.signal.aborted ? controller.signal.reason : error
    } finally {
      this.#stop()
    }
  }

  /** Waits, within a request that runs, for what is none of the host's doing: the time stands still meanwhile. */
  async standing<T>(wait: () => Promise<T>): Promise<T> {
    const controller = this.#running?.controller
    this.#stop()
    try {
      return await wait()
    } finally {
      if (controller) this.#start(controller)
    }
  }

  #start(controller: AbortController): void {
    const timer = setTimeout(
      () => {
        // A timer may fire a fraction of a millisecond early; nothing is left all the same.
        this.#leftMs = 0
        controller.abort(this.#failure())
      },
      Math.max(1, this.#leftMs),
    )
    this.#running = { controller, timer, since: performance.now() }
  }

  #stop(): void {
    if (this.#running === undefined) return
    clearTimeout(this.#running.timer)
    this.#leftMs -= performance.now() - this.#running.since
    this.#running = undefined
  }

  #failure(): RequestFailure {
    const message = `${this.#url} took longer than ${this.#totalMs} ms in all.`
    return new RequestFailure('timeout', message, { url: this.#url })
  }
}
