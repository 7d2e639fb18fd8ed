import { seededRandom } from '../benchmark/random.ts'

/** A figure with the interval that holds the true one in 95 of 100 cases. */
export interface Estimated {
  readonly value: number
  readonly low: number
  readonly high: number
  /** Things that it was measured on. */
  readonly n: number
}

const RESAMPLES = 2_000
const TAIL = 0.025

/**
 * A statistic with its 95 % interval by the percentile bootstrap (Efron 1979): the things that were measured are drawn
 * again with replacement, 2,000 times, and the statistic is taken of each draw. The same seed gives the same interval.
 *
 * @param n things that were measured; with fewer than 2 the interval is unknown (NaN).
 * @param statistic takes how often each thing was drawn; NaN for draws that say nothing, which are left out.
 */
export function bootstrap(n: number, statistic: (drawn: Uint32Array) => number, seed: string): Estimated {
  const value = statistic(new Uint32Array(n).fill(1))
  if (n < 2) return { value, low: Number.NaN, high: Number.NaN, n }
  const random = seededRandom(seed)
  const found: number[] = []
  const drawn = new Uint32Array(n)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    drawn.fill(0)
    for (let draw = 0; draw < n; draw++) {
      const at = Math.floor(random() * n)
      drawn[at] = (drawn[at] as number) + 1
    }
    const one = statistic(drawn)
    if (!Number.isNaN(one)) found.push(one)
  }
  found.sort((a, b) => a - b)
  const at = (share: number) => found[Math.min(found.length - 1, Math.floor(share * found.length))] ?? Number.NaN
  return { value, low: at(TAIL), high: at(1 - TAIL), n }
}
