import type { GateLimits } from './host-gate.ts'
import { OPT_OUT_DIRECTIVES } from './opt-out.ts'
import { cachedResolver, type Resolve } from './resolver.ts'

/** How a polite client behaves; every key but `userAgent` has a default. Times are milliseconds. */
export interface PoliteOptions {
  /** Sent with every request: product, version and a contact, e.g. `Promptloom/0.1 (+mailto:me@example.org)`. */
  readonly userAgent: string
  /** Private addresses, ranges and names that may be asked all the same; default none. See `addressPolicy`. */
  readonly allow?: readonly string[]
  /** Requests in work at the same time, over all hosts; default 64. */
  readonly concurrency?: number
  /** Bytes that the bodies of `get` may take in memory together, until each is used; default 384 MiB. */
  readonly bodyMemory?: number
  /** Limits of each host; what is left out has the defaults named there. */
  readonly host?: Partial<GateLimits>
  /** Until a connection stands, TLS included; default 10,000. */
  readonly connectTimeoutMs?: number
  /** From the request to the end of the answer's header; default 15,000. */
  readonly headersTimeoutMs?: number
  /** Without a single byte of the body; default 15,000. */
  readonly idleTimeoutMs?: number
  /** For one URL, all redirects and tries together, waiting for one's turn left out; default 60,000. */
  readonly totalTimeoutMs?: number
  /** Longest chain of redirects that is followed; default 5. */
  readonly maxRedirects?: number
  /** Tries for one URL, the first one included; default 4. */
  readonly attempts?: number
  /** Milliseconds before the second try, doubled each time, jittered; default 500. */
  readonly retryDelayMs?: number
  /** Retries of the whole run as a share of its requests, beyond the first 200; default 0.2. */
  readonly retryShare?: number
  /** `X-Robots-Tag` directives that are honoured by `get`; default `OPT_OUT_DIRECTIVES`, empty for none. */
  readonly optOut?: readonly string[]
  /** Whether `get` asks each host's robots.txt first and keeps to it; default false. */
  readonly robots?: boolean
  /** Finds addresses; default the cached system resolver. */
  readonly resolve?: Resolve
  /** Ends everything that waits or runs, with its reason. */
  readonly signal?: AbortSignal
}

/** `PoliteOptions` with every default filled in. */
export type Limits = Required<Omit<PoliteOptions, 'host' | 'signal'>> & { readonly host: GateLimits }

const HOST_LIMITS: GateLimits = {
  maxConcurrency: 16,
  startConcurrency: 4,
  maxRate: 50,
  refusalPauseMs: 5_000,
  troublePauseMs: 200,
  longestPauseMs: 300_000,
  giveUpAfter: 6,
}

/** More bodies of unknown length and 20 MiB at the most than one host is asked for at the same time. */
const BODY_MEMORY = 384 * 1024 * 1024

/** Fills in the defaults. */
export function limitsOf(options: PoliteOptions): Limits {
  return {
    userAgent: options.userAgent,
    allow: options.allow ?? [],
    concurrency: options.concurrency ?? 64,
    bodyMemory: options.bodyMemory ?? BODY_MEMORY,
    host: { ...HOST_LIMITS, ...options.host },
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    headersTimeoutMs: options.headersTimeoutMs ?? 15_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 15_000,
    totalTimeoutMs: options.totalTimeoutMs ?? 60_000,
    maxRedirects: options.maxRedirects ?? 5,
    attempts: options.attempts ?? 4,
    retryDelayMs: options.retryDelayMs ?? 500,
    retryShare: options.retryShare ?? 0.2,
    optOut: options.optOut ?? OPT_OUT_DIRECTIVES,
    robots: options.robots ?? false,
    resolve: options.resolve ?? cachedResolver(),
  }
}
