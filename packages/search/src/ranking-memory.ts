import type { Folded } from './folding.ts'
import type { Candidate } from './ranking.ts'

/** How many questions' rankings are kept for their next pages. */
const KEPT = 64

/** A ranking as far as it was computed. */
export interface KeptRanking<Extra> {
  readonly leaders: readonly Folded<Candidate>[]
  readonly window: number
  readonly exhausted: boolean
  readonly extra: Extra
}

/**
 * Remembers the rankings behind first pages, so that later pages continue what was shown: an approximate index and
 * rank fusion may order a longer list differently, and the collection may have grown meanwhile. The least recently
 * used ranking is dropped.
 */
export class RankingMemory<Extra> {
  readonly #kept = new Map<string, KeptRanking<Extra>>()

  /** The ranking of a question. */
  get(key: string): KeptRanking<Extra> | undefined {
    const found = this.#kept.get(key)
    if (found) {
      this.#kept.delete(key)
      this.#kept.set(key, found)
    }
    return found
  }

  /** Keeps a ranking, in place of an earlier one. */
  set(key: string, ranking: KeptRanking<Extra>): void {
    this.#kept.delete(key)
    this.#kept.set(key, ranking)
    const oldest = this.#kept.keys().next()
    if (this.#kept.size > KEPT && !oldest.done) this.#kept.delete(oldest.value)
  }
}

/**
 * A longer ranking that begins with what an earlier, shorter one has shown: its leaders in their order with the copies
 * found since, then what is new.
 */
export function extend(shown: readonly Folded<Candidate>[], longer: readonly Folded<Candidate>[]): Folded<Candidate>[] {
  const seen = new Set(shown.flatMap(({ row, copies }) => [row.id, ...copies.map(({ id }) => id)]))
  const found = new Map(longer.map((folded) => [folded.row.id, folded]))
  const kept = shown.map(({ row, copies }) => {
    const more = found.get(row.id)?.copies.filter(({ id }) => !seen.has(id)) ?? []
    return { row, copies: [...copies, ...more] }
  })
  const settled = new Set([...seen, ...kept.flatMap(({ copies }) => copies.map(({ id }) => id))])
  const fresh = longer
    .filter(({ row }) => !settled.has(row.id))
    .map(({ row, copies }) => ({ row, copies: copies.filter(({ id }) => !settled.has(id)) }))
  return [...kept, ...fresh]
}
