/** What a piece of work returned, and what it took. */
export interface Timed<T> {
  readonly result: T
  /** On the clock. */
  readonly seconds: number
  /** Processor seconds of all threads of this process: on a shared machine they say more than the clock. */
  readonly processorSeconds: number
}

/** Takes the time of some work, by the clock and by the processors; what the work throws is passed on. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const before = process.cpuUsage()
  const began = performance.now()
  const result = await work()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  return { result, seconds, processorSeconds: (user + system) / 1e6 }
}
