import { cpus, loadavg, platform, release, totalmem } from 'node:os'

/** What the figures were measured on. */
export interface MachineFacts {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  readonly node: string
}

/** How busy the machine was with other work while something was measured. */
export interface LoadFacts {
  /** Share of all cores' time that went to other processes, 0 to 1. */
  readonly foreign: number
  /** Share of all cores' time that this process took. */
  readonly own: number
  /** Average number of runnable processes over the last minute, at the start and at the end. */
  readonly loadBefore: number
  readonly loadAfter: number
  readonly noisy: boolean
}

/** Other processes may take this share of the machine before a measurement counts as noisy. */
export const NOISE_LIMIT = 0.1

/** The machine that this process runs on. */
export function machineFacts(): MachineFacts {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() || 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
  }
}

interface Reading {
  readonly busy: number
  readonly total: number
  readonly own: number
}

/**
 * Adds up, over one or more stretches of time, what other processes took of the machine: the busy time of all cores
 * less this process's own. Where the database is a server on the same machine, its work counts as foreign.
 */
export class LoadWatch {
  #started: Reading | undefined
  #busy = 0
  #total = 0
  #own = 0
  readonly #before = loadavg()[0] as number

  start(): void {
    this.#started = read()
  }

  stop(): void {
    if (!this.#started) return
    const now = read()
    this.#busy += now.busy - this.#started.busy
    this.#total += now.total - this.#started.total
    this.#own += now.own - this.#started.own
    this.#started = undefined
  }

  facts(): LoadFacts {
    // The kernel counts in hundredths of a second: over a few of them the shares mean nothing.
    const known = this.#total >= 200
    const foreign = known ? Math.min(1, Math.max(0, this.#busy - this.#own) / this.#total) : 0
    return {
      foreign: round(foreign),
      own: known ? round(Math.min(1, this.#own / this.#total)) : 0,
      loadBefore: round(this.#before),
      loadAfter: round(loadavg()[0] as number),
      noisy: foreign > NOISE_LIMIT,
    }
  }
}

/** Watches an idle moment, so that the load is known before anything is measured. */
export async function watchIdle(milliseconds: number): Promise<LoadFacts> {
  const watch = new LoadWatch()
  watch.start()
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  watch.stop()
  return watch.facts()
}

/** Milliseconds of all cores since boot: at work, and altogether; and of this process with all its threads. */
function read(): Reading {
  let [busy, total] = [0, 0]
  for (const { times } of cpus()) {
    const working = times.user + times.nice + times.sys + times.irq
    busy += working
    total += working + times.idle
  }
  const { user, system } = process.cpuUsage()
  return { busy, total, own: (user + system) / 1000 }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
