/** A mean with the interval that holds the true one in 95 of 100 cases. */
export interface Estimate {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Queries that it was measured on. */
  readonly n: number
}

/** Two-sided 95 % quantile of the normal distribution. */
const Z = 1.959963984540054

/**
 * The mean of per-query recalls with its 95 % interval: Wilson's score interval on an effective number of trials
 * (Korn and Graubard, Survey Methodology 24, 1998). The k rows of one query stand or fall together, so the trials are
 * not n·k: they are n·p(1−p)/s², s² being the variance between queries, and lie between n and n·k. Unlike mean ± 1.96
 * standard errors it stays within 0 and 1, and does not shrink to nothing when every query happens to be perfect: then
 * the n queries alone count.
 */
export function recallInterval(recalls: ArrayLike<number>, k: number): Estimate {
  const n = recalls.length
  if (n === 0) return { mean: Number.NaN, low: 0, high: 1, n }
  let sum = 0
  for (let index = 0; index < n; index++) sum += recalls[index] as number
  const mean = sum / n
  let squares = 0
  for (let index = 0; index < n; index++) squares += ((recalls[index] as number) - mean) ** 2
  const variance = n > 1 ? squares / (n - 1) : 0
  const trials = variance > 0 ? Math.min(n * k, Math.max(n, (n * mean * (1 - mean)) / variance)) : n
  return { mean, ...wilson(mean, trials), n }
}

/** Half the width of an interval, in points (hundredths). */
export function halfWidth({ low, high }: Estimate): number {
  return ((high - low) / 2) * 100
}

function wilson(p: number, n: number): { low: number; high: number } {
  const z2 = Z * Z
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n)
  const reach = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))
  // At the ends the formula gives exactly 0 and 1, but for rounding.
  return { low: p === 0 ? 0 : Math.max(0, centre - reach), high: p === 1 ? 1 : Math.min(1, centre + reach) }
}
