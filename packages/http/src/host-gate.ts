import { type FailureKind, RequestFailure } from './failure.ts'
import { Pace, type PaceLimits } from './pace.ts'

/** When a host that fails is left alone, and when it is given up. */
export interface GateLimits extends PaceLimits {
  /** Milliseconds of the first pause after a refusal without Retry-After; doubled while refusals go on; default 5,000. */
  readonly refusalPauseMs: number
  /** Milliseconds of the first pause when connections, names or time limits fail; doubled likewise; default 200. */
  readonly troublePauseMs: number
  /** Longest pause in milliseconds; a Retry-After beyond it gives the host up at once; default 300,000. */
  readonly longestPauseMs: number
  /**
   * Failures in a row, of different URLs, each begun after the one before, until the host is given up for the run;
   * default 6. A host that has answered in this run gets four times as many failed connections and time limits.
   */
  readonly giveUpAfter: number
}

/** How a request ended, as far as its host is concerned. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly latencyMs: number }
  | { readonly kind: 'refused'; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'trouble'; readonly cause: FailureKind }
  /** Says nothing about the host: a bad certificate, a blocked address, our own abort. */
  | { readonly kind: 'neutral' }

/** Leave to send one request; settled exactly once. */
export interface Pass {
  settle(verdict: Verdict): void
}

/** Troubles in a row that are taken for bad luck before the host is paused; a name that can't be resolved is not. */
const FREE_TROUBLES = 2
/** A host that has answered before is more likely to come back, and some of its URLs to be the trouble. */
const ESTABLISHED_FACTOR = 4
const LONGEST_TROUBLE_PAUSE_MS = 30_000
interface Waiter {
  readonly url: string
  readonly resolve: (pass: Pass) => void
  readonly reject: (reason: unknown) => void
}

/** The queue in front of one host: first come first served, as fast as its `Pace` allows, paused and given up. */
export class HostGate {
  readonly #host: string
  readonly #limits: GateLimits
  readonly #pace: Pace
  readonly #waiting: Waiter[] = []
  #active = 0
  #tokens = 1
  #refilledAt: number
  #pausedUntil = 0
  /** URLs that failed since the last answer: one that fails again and again says nothing new of its host. */
  readonly #struck = new Set<string>()
  #pauses = 0
  #lastStrike = 0
  #answered = false
  #gaveUpBecause: FailureKind | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(host: string, limits: GateLimits) {
    const now = performance.now()
    this.#host = host
    this.#limits = limits
    this.#pace = new Pace(limits, now)
    this.#refilledAt = now
  }

  /** True when nothing waits, runs or is remembered against the host, so that the gate may be forgotten. */
  get idle(): boolean {
    return (
      this.#active === 0 &&
      this.#waiting.length === 0 &&
      this.#struck.size === 0 &&
      this.#pace.rate >= this.#limits.maxRate
    )
  }

  /** What the host kept failing with, once it is given up. */
  get gaveUpBecause(): FailureKind | undefined {
    return this.#gaveUpBecause
  }

  /** Lowers the most requests a second. */
  limitRate(rate: number): void {
    this.#pace.limitRate(rate)
  }

  /** Waits for leave to send a request; rejects with a `host_gave_up` failure once the host is given up. */
  enter(url: string): Promise<Pass> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ url, resolve, reject })
      this.#pump()
    })
  }

  /** Turns everyone away who waits, for good. */
  close(reason: unknown): void {
    clearTimeout(this.#timer)
    for (const waiter of this.#waiting.splice(0)) waiter.reject(reason)
  }

  #pump(): void {
    if (this.#gaveUpBecause !== undefined) this.#turnAway(this.#gaveUpBecause)
    while (this.#waiting.length > 0) {
      const now = performance.now()
      // After a failure one request alone finds out whether the host is back.
      if (this.#active >= (this.#struck.size > 0 ? 1 : this.#pace.concurrency)) return
      this.#refill(now)
      const waitMs = Math.max(this.#pausedUntil - now, ((1 - this.#tokens) / this.#pace.rate) * 1000)
      if (waitMs > 0) {
        this.#wake(waitMs)
        return
      }
      this.#tokens -= 1
      this.#active += 1
      const waiter = this.#waiting.shift() as Waiter
      waiter.resolve(this.#pass(waiter.url, now))
    }
  }

  #refill(now: number): void {
    this.#tokens = Math.min(this.#pace.burst, this.#tokens + ((now - this.#refilledAt) / 1000) * this.#pace.rate)
    this.#refilledAt = now
  }

  #wake(afterMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#pump(), Math.max(1, Math.ceil(afterMs)))
  }

  #pass(url: string, startedAt: number): Pass {
    let open = true
    return {
      settle: (verdict) => {
        if (!open) return
        open = false
        this.#active -= 1
        this.#judge(verdict, url, startedAt)
        this.#pump()
      },
    }
  }

  #judge(verdict: Verdict, url: string, startedAt: number): void {
    const now = performance.now()
    if (verdict.kind === 'accepted') {
      this.#struck.clear()
      this.#pauses = 0
      this.#answered = true
      this.#pace.accepted(now, verdict.latencyMs)
    } else if (verdict.kind === 'refused') {
      this.#refused(url, startedAt, verdict.retryAfterMs)
      this.#pace.refused(now, startedAt, Math.max(0, this.#pausedUntil - now))
    } else if (verdict.kind === 'trouble') {
      this.#troubled(verdict.cause, url, startedAt)
    }
  }

  #refused(url: string, startedAt: number, retryAfterMs: number | undefined): void {
    const { refusalPauseMs, longestPauseMs, giveUpAfter } = this.#limits
    this.#pause(Math.min(retryAfterMs ?? 0, longestPauseMs))
    const another = this.#strikes(url, startedAt)
    if ((retryAfterMs ?? 0) > longestPauseMs || this.#struck.size >= giveUpAfter) this.#giveUp('status')
    if (!another) return
    // A host that says how long to wait is believed the first time; then the pause grows all the same.
    if (retryAfterMs === undefined || this.#pauses > 0) this.#pause(this.#backOff(refusalPauseMs, longestPauseMs))
    this.#pauses += 1
  }

  #troubled(cause: FailureKind, url: string, startedAt: number): void {
    const { troublePauseMs, longestPauseMs, giveUpAfter } = this.#limits
    if (!this.#strikes(url, startedAt)) return
    if (this.#struck.size >= giveUpAfter * (this.#answered ? ESTABLISHED_FACTOR : 1)) this.#giveUp(cause)
    if (cause !== 'dns' && this.#struck.size <= FREE_TROUBLES) return
    this.#pause(this.#backOff(troublePauseMs, Math.min(longestPauseMs, LONGEST_TROUBLE_PAUSE_MS)))
    this.#pauses += 1
  }

  /** Counts a failure; false when it belongs to the same event as the last one. */
  #strikes(url: string, startedAt: number): boolean {
    if (this.#struck.size > 0 && startedAt < this.#lastStrike) return false
    this.#struck.add(url)
    this.#lastStrike = performance.now()
    return true
  }

  #backOff(firstMs: number, longestMs: number): number {
    return Math.min(longestMs, firstMs * 2 ** this.#pauses * (1 + Math.random() / 4))
  }

  #pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms)
  }

  #giveUp(cause: FailureKind): void {
    this.#gaveUpBecause ??= cause
    clearTimeout(this.#timer)
  }

  #turnAway(because: FailureKind): void {
    for (const { url, reject } of this.#waiting.splice(0)) {
      const message = `${this.#host} was given up for this run: it kept failing (${because}).`
      reject(new RequestFailure('host_gave_up', message, { url, because }))
    }
  }
}

const REFUSALS = new Set([429, 503])
const TROUBLES = new Set<FailureKind>(['dns', 'connect', 'timeout', 'incomplete'])
const NO_WORD_OF_THE_HOST = new Set<FailureKind>(['bad_url', 'blocked_address', 'tls'])

/** What a failed request says of its host: most failures (404, a body too large) are answers like any other. */
export function verdictOf(failure: RequestFailure, latencyMs: number): Verdict {
  if (REFUSALS.has(failure.status ?? 0)) return { kind: 'refused', retryAfterMs: failure.retryAfterMs }
  if (TROUBLES.has(failure.kind)) return { kind: 'trouble', cause: failure.kind }
  if (NO_WORD_OF_THE_HOST.has(failure.kind)) return { kind: 'neutral' }
  return { kind: 'accepted', latencyMs }
}
