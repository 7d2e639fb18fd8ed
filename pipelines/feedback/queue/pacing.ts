import { pause } from '@promptloom/http/retry'

/** Failures in a row that another try could cure, until somebody is left alone for this run. */
const GIVE_UP_AFTER = 5

/** How time passes. */
export interface Clock {
  /** Milliseconds, never backwards. */
  now(): number
  /** Waits so many milliseconds, or throws the signal's reason as soon as it is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

const WALL: Clock = { now: () => performance.now(), pause }

/** Spaces calls out to so many a minute. */
export class CallRate {
  readonly #spacingMs: number
  readonly #clock: Clock
  #next = 0

  /** @param perMinute most calls a minute; undefined for no limit */
  constructor(perMinute: number | undefined, clock: Clock = WALL) {
    this.#spacingMs = perMinute === undefined ? 0 : 60_000 / perMinute
    this.#clock = clock
  }

  /** Waits for the next call's turn. @throws the signal's reason after an abort */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    const at = Math.max(now, this.#next)
    this.#next = at + this.#spacingMs
    if (at > now) await this.#clock.pause(at - now, signal)
  }
}

/**
 * Whether a server is still worth asking: after five failures in a row that could have been cured it is left alone
 * until the next run, so that a night is not spent on a server that is down.
 */
export class Patience {
  #failures = 0

  get isOver(): boolean {
    return this.#failures >= GIVE_UP_AFTER
  }

  answered(): void {
    this.#failures = 0
  }

  failed(): void {
    this.#failures++
  }
}
