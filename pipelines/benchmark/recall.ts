/** The exact nearest rows of one query, nearest first; at least k of them unless fewer rows match. */
export interface TrueNeighbours {
  readonly ids: readonly string[]
  readonly distances: ArrayLike<number>
}

/** How one answer is judged. */
export interface Judging {
  readonly k: number
  /** Distances that differ by no more than this are the same distance. */
  readonly tolerance: number
  /**
   * The true distance of rows that the answer names and `truth` does not list, computed anew and never taken from the
   * answer; rows that do not exist, or that the filter excludes, are absent.
   */
  readonly measured?: ReadonlyMap<string, number>
}

/** What one answer is worth. */
export interface Score {
  /** |A∩T| / k over distinct ids, ties counted as hits. */
  readonly recall: number
  /** The share of the k true ids, by id alone, that the answer names. */
  readonly strict: number
  /** Rows that the answer should have had and did not. */
  readonly short: number
  /** Rows of the answer that repeat an id. */
  readonly duplicates: number
  /** Rows of the answer that do not exist, or that the filter excludes. */
  readonly foreign: number
}

/**
 * Judges one answer against the exact one. Only the first k rows count, each id once, and what is divided by is what
 * could have been found (k, or all rows where fewer match), never what came back: a short or an empty answer is full of
 * misses. A row counts when its true distance is within `tolerance` of the k-th true distance; rows at that distance
 * fill only the places that closer rows leave, so an answer made of ties alone does not hide a missed nearer row.
 */
export function judge(answer: readonly string[], truth: TrueNeighbours, { k, tolerance, measured }: Judging): Score {
  const wanted = Math.min(k, truth.ids.length)
  const first = answer.slice(0, k)
  const distinct = new Set(first)
  if (wanted === 0) return { recall: 1, strict: 1, short: 0, duplicates: first.length - distinct.size, foreign: 0 }
  const known = new Map(truth.ids.map((id, index) => [id, truth.distances[index] as number]))
  const edge = truth.distances[wanted - 1] as number
  const nearer = truth.ids.slice(0, wanted).filter((id) => (known.get(id) as number) < edge - tolerance).length
  let [inside, tied, foreign] = [0, 0, 0]
  for (const id of distinct) {
    const distance = known.get(id) ?? measured?.get(id)
    if (distance === undefined) foreign++
    else if (distance < edge - tolerance) inside++
    else if (distance <= edge + tolerance) tied++
  }
  const hits = Math.min(inside, nearer) + Math.min(tied, wanted - nearer)
  return {
    recall: hits / wanted,
    strict: truth.ids.slice(0, wanted).filter((id) => distinct.has(id)).length / wanted,
    short: Math.max(0, wanted - first.length),
    duplicates: first.length - distinct.size,
    foreign,
  }
}

/** Ids of an answer whose true distance `truth` does not list: what has to be measured before the answer is judged. */
export function unlisted(answer: readonly string[], truth: TrueNeighbours, k: number): string[] {
  const known = new Set(truth.ids)
  return [...new Set(answer.slice(0, k))].filter((id) => !known.has(id))
}
