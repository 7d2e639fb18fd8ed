import type { Collection } from './collection.ts'
import type { Question } from './question.ts'
import type { Candidate } from './ranking.ts'
import { clipScores } from './table-facts.ts'

/** What a row with the best rating gains in a ranking, times the weight; one with the worst loses as much. */
export type Preferences = ReadonlyMap<string, number>

/**
 * Moves rows up and down by what users said of them and by how well picture and prompt fit each other, as far as the
 * question asks for it. All three are counted in standard deviations: similarity as hits are scored, a rating as -1 to
 * 1, the CLIP score against that of the other candidates. Rows of which nothing is known neither gain nor lose. Without
 * weights the order stays as it is.
 */
export async function rerank(
  collection: Collection,
  { ratingWeight, clipScoreWeight }: Pick<Question, 'ratingWeight' | 'clipScoreWeight'>,
  ranked: readonly Candidate[],
): Promise<readonly Candidate[]> {
  if (ratingWeight === 0 && clipScoreWeight === 0) return ranked
  const ratings = (ratingWeight === 0 ? undefined : await collection.ratings?.()) ?? new Map<string, number>()
  const ids = ranked.map(({ id }) => id)
  const scores = clipScoreWeight === 0 ? new Map<string, number>() : standardised(await clipScores(collection, ids))
  const bases = fallingScores(ranked)
  const value = ({ id }: Candidate, at: number) =>
    (bases[at] as number) + ratingWeight * (ratings.get(id) ?? 0) + clipScoreWeight * (scores.get(id) ?? 0)
  return ranked
    .map((row, at) => ({ row, value: value(row, at) }))
    .sort((a, b) => b.value - a.value)
    .map(({ row }) => row)
}

/** The candidates' scores, made to fall along the ranking: where routes were fused, ranks and scores may disagree. */
function fallingScores(ranked: readonly Candidate[]): number[] {
  const known = ranked.map(({ reasons }) => Math.max(...reasons.map(({ score = -Infinity }) => score)))
  const finite = known.filter(Number.isFinite)
  // A row that keywords alone found has no score: it counts as the one before it, or as the best.
  let least = finite.length > 0 ? Math.max(...finite) : 0
  return known.map((score) => {
    least = Number.isFinite(score) ? Math.min(least, score) : least
    return least
  })
}

/** Scores as deviations from their mean, in standard deviations; all 0 where they are all the same. */
function standardised(scores: ReadonlyMap<string, number>): Map<string, number> {
  const values = [...scores.values()]
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length))
  return new Map([...scores].map(([id, value]) => [id, spread > 0 ? (value - mean) / spread : 0]))
}
