/** A figure over some rounds: what it was in the middle, and between what it lay. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/**
 * The median, the least and the most of some figures, in whatever order they come. The median of an even number of them
 * is the mean of the two in the middle; of none, all three are NaN.
 */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low, high] = [sorted[Math.floor(middle)] ?? Number.NaN, sorted[Math.ceil(middle)] ?? Number.NaN]
  return { median: (low + high) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN }
}
