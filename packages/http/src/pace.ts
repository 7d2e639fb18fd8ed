/** How fast one host may be asked, at most and to begin with. */
export interface PaceLimits {
  /** Most requests in flight; default 16. */
  readonly maxConcurrency: number
  /** Requests in flight to begin with; default 4. */
  readonly startConcurrency: number
  /** Most requests a second; default 50. */
  readonly maxRate: number
}

/**
 * Growth of the rate after a refusal: at most 1 % a second, and 5 % only in 150 requests, so that looking for the
 * limit costs well under one refusal in a hundred requests, whatever the limit is.
 */
const GROWTH_PER_SECOND = 0.01
const GROWTH_PER_REQUEST = 0.05 / 150
/** Faster while the rate is below what the host has just been seen to allow, or has been calm for a minute. */
const FAST_FACTOR = 6
const CALM_MS = 60_000
const SLOWEST_RATE = 0.1
/** Fewer answers than this since the last refusal measure no rate. */
const MEASURABLE_COUNT = 5
/** Seconds of the rate that may be sent at once: timers are coarse. A host that refuses gets them evenly spaced. */
const BURST_SECONDS = 0.05
const EVEN_SECONDS = 0.002
/** Latency counts as risen above twice the host's usual one plus this. */
const LATENCY_SLACK_MS = 250

/**
 * How fast to ask one host: additive increase, multiplicative decrease, of both the requests in flight and the
 * requests a second. Pure arithmetic; the caller brings the clock (milliseconds, monotonic).
 *
 * After a refusal the rate falls by 10 to 50 %: to 95 % of what was accepted since the last one, which over a long
 * enough time is the host's own rate. Over a short time it is too low, since a full bucket gains nothing during a
 * pause; the rate without the pause is too high, if anything. The pace grows fast up to the latter, then slowly.
 */
export class Pace {
  readonly #limits: PaceLimits
  #window: number
  #rate: number
  #reference: number
  #lastRefusal: number
  #lastSlowdown: number
  #lastAccepted: number
  /** Milliseconds of the pause after the last refusal. */
  #pausedMs = 0
  /** Rate up to which the last measurement lets it grow fast. */
  #seen = 0
  #accepted = 0
  #refused = false
  #usualLatency = 0
  #recentLatency = 0

  constructor(limits: PaceLimits, now: number) {
    this.#limits = limits
    this.#window = Math.min(limits.startConcurrency, limits.maxConcurrency)
    this.#rate = limits.maxRate
    this.#reference = limits.maxRate
    this.#lastRefusal = now
    this.#lastSlowdown = now
    this.#lastAccepted = now
  }

  /** Requests that may be in flight now; at least 1. */
  get concurrency(): number {
    return Math.max(1, Math.floor(this.#window))
  }

  /** Requests that may be begun a second. */
  get rate(): number {
    return this.#rate
  }

  /** Requests that may be begun at once after a while without any. */
  get burst(): number {
    return Math.max(1, this.#rate * (this.#refused ? EVEN_SECONDS : BURST_SECONDS))
  }

  /** Lowers the ceiling, e.g. to a robots.txt Crawl-delay. */
  limitRate(rate: number): void {
    this.#reference = Math.min(this.#reference, rate)
    this.#rate = Math.min(this.#rate, rate)
  }

  /** Notes an answer that was no refusal, and the milliseconds until its header came. */
  accepted(now: number, latencyMs: number): void {
    this.#accepted += 1
    if (this.#latencyRose(latencyMs)) this.#slowDown(now)
    else this.#window = Math.min(this.#limits.maxConcurrency, this.#window + 1 / this.#window)
    if (this.#refused) {
      const factor = this.#rate < this.#seen || now - this.#lastRefusal > CALM_MS ? FAST_FACTOR : 1
      const seconds = Math.max(0, now - this.#lastAccepted) / 1000
      const step = Math.min(GROWTH_PER_SECOND * seconds, GROWTH_PER_REQUEST) * factor
      this.#rate = Math.min(this.#limits.maxRate, this.#rate + this.#reference * step)
    }
    this.#lastAccepted = now
  }

  /**
   * Notes a refusal (429, 503), after which nothing is sent for `pauseMs`. Those of requests begun before the last
   * one are the same event.
   */
  refused(now: number, startedAt: number, pauseMs: number): void {
    if (this.#refused && startedAt < this.#lastRefusal) return
    const elapsed = Math.max(1, now - this.#lastRefusal)
    const measurable = this.#accepted >= MEASURABLE_COUNT
    const [least, most] = measurable
      ? [this.#accepted / elapsed, this.#accepted / Math.max(1, elapsed - this.#pausedMs)]
      : [0, this.#rate / 1.2 / 1000]
    this.#seen = Math.min(this.#rate * 0.9, most * 950)
    this.#rate = Math.max(SLOWEST_RATE, this.#rate * 0.5, Math.min(this.#rate * 0.9, least * 950))
    this.#pausedMs = pauseMs
    this.#reference = this.#rate
    this.#window = Math.max(1, this.#window / 2)
    this.#refused = true
    this.#accepted = 0
    this.#lastRefusal = now
    this.#lastSlowdown = now
  }

  /** Updates the two averages; the usual latency follows downwards at once and upwards slowly. */
  #latencyRose(latencyMs: number): boolean {
    if (this.#usualLatency === 0) this.#usualLatency = this.#recentLatency = latencyMs
    this.#recentLatency += (latencyMs - this.#recentLatency) * 0.2
    this.#usualLatency = Math.min(this.#recentLatency, this.#usualLatency + (latencyMs - this.#usualLatency) * 0.0005)
    return this.#recentLatency > 2 * this.#usualLatency + LATENCY_SLACK_MS
  }

  /** Once a round trip at most, since its effect shows no sooner. */
  #slowDown(now: number): void {
    if (now - this.#lastSlowdown < this.#recentLatency) return
    this.#window = Math.max(1, this.#window * 0.75)
    this.#lastSlowdown = now
  }
}
