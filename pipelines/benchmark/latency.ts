/** Milliseconds of many questions, each from the call to the last row of the answer. */
export interface LatencySummary {
  readonly n: number
  readonly mean: number
  readonly p50: number
  /** Null where there are too few questions to have this percentile: 20 for p95, 100 for p99. */
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number
  /** The distribution: latency at each of `DISTRIBUTION`'s shares. */
  readonly distribution: number[]
}

/** Shares of questions at which the distribution is kept. */
export const DISTRIBUTION = [
  0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
  0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 1,
] as const

/** Sums up latencies in milliseconds; undefined where there are none. Percentiles are nearest-rank: a latency that was measured. */
export function summarize(samples: Iterable<number>): LatencySummary | undefined {
  const sorted = Float64Array.from(samples).sort()
  const n = sorted.length
  if (n === 0) return undefined
  return {
    n,
    mean: round(sorted.reduce((sum, one) => sum + one, 0) / n),
    p50: round(percentile(sorted, 0.5)),
    p95: n >= 20 ? round(percentile(sorted, 0.95)) : null,
    p99: n >= 100 ? round(percentile(sorted, 0.99)) : null,
    max: round(sorted[n - 1] as number),
    distribution: DISTRIBUTION.map((share) => round(percentile(sorted, share))),
  }
}

/** The nearest-rank percentile of ascending values. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
}

/** To a microsecond: finer digits are noise, and make reports long. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}
