/** Milliseconds between two looks at the memory; what comes and goes between them is not seen. */
const INTERVAL = 100

/** What a piece of work returned, and the most memory that this process held meanwhile. */
export interface Observed<T> {
  readonly result: T
  /** Highest resident set of the whole process while the work went on, in bytes. */
  readonly peakBytes: number
}

/**
 * Watches the resident set of this process, an engine inside it included, while work goes on; ten looks a second. Unlike
 * the operating system's own peak it knows nothing of what the process held before.
 */
export async function observeMemory<T>(work: () => Promise<T>): Promise<Observed<T>> {
  let peakBytes = 0
  const look = () => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }
  look()
  const timer = setInterval(look, INTERVAL)
  try {
    const result = await work()
    look()
    return { result, peakBytes }
  } finally {
    clearInterval(timer)
  }
}
