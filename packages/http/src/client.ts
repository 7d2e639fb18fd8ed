import { setMaxListeners } from 'node:events'
import { Agent } from 'undici'
import { addressPolicy } from './address.ts'
import { ByteBudget, type Share } from './byte-budget.ts'
import { guardedConnector } from './connector.ts'
import { type Exchange, exchange, parseAddress, productOf, type Reply } from './exchange.ts'
import { asFailure, RequestFailure } from './failure.ts'
import { Gatehouse } from './gatehouse.ts'
import { verdictOf } from './host-gate.ts'
import { type Limits, limitsOf, type PoliteOptions } from './limits.ts'
import { retry } from './retry.ts'
import { RetryBudget } from './retry-budget.ts'
import { NO_RULES, type RobotsRules, robotsRules } from './robots.ts'
import { Slots } from './slots.ts'
import { TimeLimit } from './time-limit.ts'

/** What one `get` may ask for. */
export interface GetOptions {
  /** Longest body in bytes, packed or unpacked. */
  readonly maxBytes: number
  /** The `Accept` header; default anything. */
  readonly accept?: string
}

/** A `get` of our own: a robots.txt is read whatever its X-Robots-Tag says of search results, and as far as it may be. */
type HopOptions = GetOptions & { readonly optOut?: readonly string[]; readonly cut?: boolean }

/** A reply and the tries it took, the successful one included. */
export type CountedReply = Reply & { readonly attempts: number }

/** What the client has done so far, for reports and tests. */
export interface ClientCounts {
  /** Requests sent: redirects, retries and robots.txt included. */
  readonly requests: number
  /** Answers 429 and 503. */
  readonly refusals: number
  readonly retries: number
}

interface Held {
  readonly reply: Reply
  readonly release: () => void
}

const RETRY_BUDGET_START = 200
/** What lies beyond it is not read (RFC 9309 §2.5). */
const ROBOTS_BYTES = 500 * 1024
const MOST_ROBOTS = 4096

/**
 * An HTTP client that a host's operator would thank us for and an attacker's URL can't hurt: per-host pace with
 * pauses and give-up, global limits, retries under a budget, opt-out headers and robots.txt, no requests into private
 * networks on any hop, caps on redirects, bytes and times.
 */
export class PoliteClient implements AsyncDisposable {
  readonly limits: Limits
  /** Opens guarded connections only; for code that brings its own protocol on top. */
  readonly agent: Agent
  readonly gates: Gatehouse
  readonly slots: Slots
  /** What the bodies of `get` take in memory; for code that holds bytes of another origin beside them, too. */
  readonly memory: ByteBudget
  readonly #budget: RetryBudget
  readonly #robots = new Map<string, Promise<RobotsRules>>()
  readonly #outer: AbortSignal | undefined
  readonly #ended = new AbortController()
  readonly #stop = () => this.#close(this.#outer?.reason)
  #requests = 0
  #refusals = 0
  #retries = 0

  constructor(options: PoliteOptions) {
    const limits = limitsOf(options)
    this.limits = limits
    this.agent = new Agent({
      connect: guardedConnector({
        policy: addressPolicy(limits.allow),
        resolve: limits.resolve,
        timeoutMs: limits.connectTimeoutMs,
      }),
      connections: limits.host.maxConcurrency,
      headersTimeout: limits.headersTimeoutMs,
      bodyTimeout: limits.idleTimeoutMs,
    })
    this.gates = new Gatehouse(limits.host)
    this.slots = new Slots(limits.concurrency)
    this.memory = new ByteBudget(limits.bodyMemory)
    this.#budget = new RetryBudget(limits.retryShare, RETRY_BUDGET_START)
    // Every back-off listens; the caller's own signal would warn of a leak.
    setMaxListeners(0, this.#ended.signal)
    this.#outer = options.signal
    if (options.signal?.aborted) this.#stop()
    options.signal?.addEventListener('abort', this.#stop, { once: true })
  }

  /** What has been sent so far. */
  get counts(): ClientCounts {
    return { requests: this.#requests, refusals: this.#refusals, retries: this.#retries }
  }

  /**
   * Gets a body whole and hands it to `use`. One of the client's global slots, and the body's share of `bodyMemory`, are
   * held until `use` is done, so that answers never pile up faster than they are worked on. Throws `RequestFailure` for everything that the outside
   * world can do wrong, a status other than 2xx included; errors of `use` pass through untouched.
   */
  async get<T>(address: string, options: GetOptions, use: (reply: CountedReply) => Promise<T>): Promise<T> {
    const url = parseAddress(address)
    const time = new TimeLimit(address, this.limits.totalTimeoutMs)
    let attempts = 0
    this.#budget.earn()
    const { reply, release } = await retry(
      (attempt) => {
        attempts = attempt
        return this.#follow(url, time, options)
      },
      {
        attempts: this.limits.attempts,
        firstDelay: this.limits.retryDelayMs,
        cures: (error) => error instanceof RequestFailure && error.retryable && !time.spent && this.#budget.spend(),
        onRetry: () => {
          this.#retries += 1
        },
        signal: this.#ended.signal,
      },
    )
    try {
      return await use({ ...reply, attempts })
    } finally {
      release()
    }
  }

  /** Ends what waits or runs, and closes every socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#outer?.removeEventListener('abort', this.#stop)
    this.#close(new Error('The HTTP client was closed.'))
    await this.agent.destroy()
  }

  #close(reason: unknown): void {
    this.#ended.abort(reason)
    this.gates.close(reason)
    this.memory.close(reason)
    this.agent.destroy(reason instanceof Error ? reason : new Error('aborted', { cause: reason })).catch(() => {})
  }

  async #follow(first: URL, time: TimeLimit, options: GetOptions): Promise<Held> {
    let url = first
    for (let hops = 0; hops <= this.limits.maxRedirects; hops++) {
      if (this.limits.robots) await this.#keepToRobots(url)
      const answer = await this.#hop(url, time, options)
      if (!(answer instanceof URL)) return answer
      url = answer
    }
    const message = `${first} redirects more than ${this.limits.maxRedirects} times.`
    throw new RequestFailure('redirects', message, { url: first.href })
  }

  /**
   * One request: its turn at the host, a global slot, the answer, and memory for its body. A reply keeps slot and
   * memory, a redirect does not.
   */
  async #hop(url: URL, time: TimeLimit, options: HopOptions): Promise<Held | URL> {
    await this.memory.calm()
    const pass = await this.gates.gate(url.host).enter(url.href)
    const freeSlot = await this.slots.take()
    let share: Share | undefined
    const release = () => {
      share?.keep(0)
      freeSlot()
    }
    let latencyMs = 0
    let reply: Reply | undefined
    try {
      const answer = await time.run((signal) =>
        this.#send(url, signal, options, {
          onHead: (ms) => (latencyMs = ms),
          reserve: async (bytes) => (share = await time.standing(() => this.memory.take(bytes))),
        }),
      )
      pass.settle({ kind: 'accepted', latencyMs })
      if (answer instanceof URL) return answer
      reply = answer
      return { reply, release }
    } catch (error) {
      this.#ended.signal.throwIfAborted()
      const failure = asFailure(error, url.href)
      const verdict = verdictOf(failure, latencyMs)
      if (verdict.kind === 'refused') this.#refusals += 1
      pass.settle(verdict)
      throw failure
    } finally {
      pass.settle({ kind: 'neutral' })
      if (reply === undefined) release()
    }
  }

  #send(url: URL, signal: AbortSignal, options: HopOptions, hooks: Pick<Exchange, 'onHead' | 'reserve'>) {
    this.#requests += 1
    return exchange(url, {
      dispatcher: this.agent,
      limits: { ...this.limits, optOut: options.optOut ?? this.limits.optOut },
      maxBytes: options.maxBytes,
      cut: options.cut,
      accept: options.accept ?? '*/*',
      signal,
      ...hooks,
    })
  }

  async #keepToRobots(url: URL): Promise<void> {
    let rules = this.#robots.get(url.origin)
    if (rules === undefined) {
      if (this.#robots.size >= MOST_ROBOTS) this.#robots.clear()
      rules = this.#readRobots(new URL('/robots.txt', url))
      this.#robots.set(url.origin, rules)
      // A host that could not be asked is asked again with the next URL; its gate sees to it that this is rare.
      rules.catch(() => this.#robots.delete(url.origin))
    }
    const evidence = (await rules).forbids(url.href)
    if (evidence === undefined) return
    throw new RequestFailure('opted_out', `${url} must not be collected: ${evidence}.`, { url: url.href, evidence })
  }

  async #readRobots(address: URL): Promise<RobotsRules> {
    let url = address
    for (let hops = 0; hops <= this.limits.maxRedirects; hops++) {
      try {
        const answer = await this.#hop(url, new TimeLimit(url.href, this.limits.totalTimeoutMs), {
          maxBytes: ROBOTS_BYTES,
          cut: true,
          optOut: [],
        })
        if (answer instanceof URL) {
          url = answer
          continue
        }
        answer.release()
        const rules = robotsRules(address.href, answer.reply.body.toString(), productOf(this.limits.userAgent))
        const delay = rules.crawlDelaySeconds
        if (delay !== undefined && delay > 0) this.gates.gate(address.host).limitRate(1 / delay)
        return rules
      } catch (error) {
        const status = error instanceof RequestFailure ? (error.status ?? 0) : 0
        if (status >= 400 && status < 500 && status !== 429) return NO_RULES
        throw error
      }
    }
    return NO_RULES
  }
}
