/**
 * Reciprocal rank fusion's constant: how little the first ranks stand out against the next ones. 60 is the value of
 * Cormack, Clarke and Büttcher (SIGIR 2009), which later work found hard to better.
 */
const RANK_CONSTANT = 60

/** One ranking that takes part. */
export interface Ranking {
  /** Ids, best first, each once. */
  readonly ids: readonly string[]
  /** Default 1. */
  readonly weight?: number
}

/**
 * Fuses rankings whose scores cannot be compared, by their ranks alone. Ids with equal sums keep the order in which
 * they were first met, so that the result depends on nothing else.
 */
export function fuse(rankings: readonly Ranking[]): string[] {
  const sums = new Map<string, number>()
  for (const { ids, weight = 1 } of rankings) {
    for (const [rank, id] of ids.entries()) {
      sums.set(id, (sums.get(id) ?? 0) + weight / (RANK_CONSTANT + rank + 1))
    }
  }
  return [...sums].sort(([, a], [, b]) => b - a).map(([id]) => id)
}
