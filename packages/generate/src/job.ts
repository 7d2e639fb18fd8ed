import { GeneratorError } from './generator-error.ts'

/** How a job on a painting server is bounded. */
export interface JobOptions {
  readonly label: string
  readonly signal: AbortSignal | undefined
  /** Longest time in milliseconds. */
  readonly timeoutMs: number
  /** Stops the work on the server; given a signal of its own, for the job's is aborted by then. */
  readonly cancel: (signal: AbortSignal) => Promise<void>
}

/** How long a server is given to take a cancellation, in milliseconds. */
const CANCEL_MS = 10_000

/**
 * Runs one job. When the caller aborts it or when its time is up, the work on the server is stopped too, so that
 * nobody's graphics card paints for nothing.
 *
 * @throws the caller's reason after an abort; GeneratorError `generator_timeout`; whatever `work` throws
 */
export async function runJob<T>(options: JobOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { label, signal, timeoutMs, cancel } = options
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await work(signal === undefined ? timeout : AbortSignal.any([signal, timeout]))
  } catch (error) {
    if (signal?.aborted !== true && !timeout.aborted) throw error
    // A server that can't be told to stop is no news beside the end of the job.
    await cancel(AbortSignal.timeout(CANCEL_MS)).catch(() => undefined)
    signal?.throwIfAborted()
    throw new GeneratorError(
      'generator_timeout',
      `${label} did not finish within ${timeoutMs} ms; allow it more time.`,
      {
        cause: error,
      },
    )
  }
}
