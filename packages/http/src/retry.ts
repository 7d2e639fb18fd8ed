import pRetry, { AbortError } from 'p-retry'

/** How often, how long and for which errors an operation is tried again. */
export interface RetryPolicy {
  /** Tries in all, the first one included; default 5. */
  readonly attempts?: number
  /** Back-off before the second try in milliseconds, doubled each time and jittered; default 500. */
  readonly firstDelay?: number
  /** Longest back-off in milliseconds; default 30,000. */
  readonly longestDelay?: number
  /** Says whether a retry can cure the error, and how many milliseconds the other side asked us to wait. */
  readonly cures: (error: unknown) => boolean | { readonly afterMs: number }
  readonly signal?: AbortSignal
  /** Told of every failed try that will be repeated. */
  readonly onRetry?: (error: unknown, attempt: number) => void
}

/** Runs `operation` until it succeeds, cannot be cured, or the attempts are used up; then throws its last error. */
export async function retry<T>(operation: (attempt: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  const attempts = policy.attempts ?? 5
  policy.signal?.throwIfAborted()
  let first: unknown
  // Nearly all succeed at once, and p-retry's own bookkeeping costs a tenth of a request.
  try {
    return await operation(1)
  } catch (error) {
    first = error
  }
  return pRetry(
    async (attempt) => {
      try {
        if (attempt === 1) throw first
        return await operation(attempt)
      } catch (error) {
        // Asked only while another try is left: an answer may cost something, such as a share of a budget.
        const verdict = attempt < attempts && policy.cures(error)
        // p-retry refuses to retry TypeErrors that are not network errors; wrapping keeps the decision ours.
        if (verdict === false) throw new AbortError(error as Error)
        if (typeof verdict === 'object') await pause(verdict.afterMs, policy.signal)
        policy.onRetry?.(error, attempt)
        throw new Error('retry', { cause: error })
      }
    },
    {
      retries: attempts - 1,
      factor: 2,
      randomize: true,
      minTimeout: policy.firstDelay ?? 500,
      maxTimeout: policy.longestDelay ?? 30_000,
      ...(policy.signal ? { signal: policy.signal } : {}),
    },
  )
}

/** Waits, or throws the signal's reason as soon as it is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = setTimeout(done, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
    function done() {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
  })
}
