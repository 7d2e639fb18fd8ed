import type { BackgroundScore } from '../background.ts'
import type { CalibrationSummary } from '../row-view.ts'
import type { Similarity } from './known-pairs.ts'

/** What scores are counted against. */
export type Measure = Pick<CalibrationSummary, 'measure' | 'mean' | 'spread'>

/**
 * What lying outside of the collection's rows counts against a question, in cosines: of 0 to 4, tried on two
 * collections, 1 to 2 told unrelated pictures of unseen kinds best from known ones.
 */
const OUTSIDE_WEIGHT = 2
/** Share of unrelated questions that may get a hit. */
const FALSE_ACCEPTS = 0.05
/** Share of known pairs that may be missed. */
const MISSES = 0.1
/** Share of known pairs beyond which a cut-off hides more than it is worth, whatever it keeps out. */
const MOST_MISSES = 0.2
/** Share of unrelated questions kept out, less that of known pairs missed: below this, a cut-off is worth nothing. */
const LEAST_GAIN = 0.5

/** The background that a question's hits are scored by. */
export function scale({ measure, mean, spread }: Measure, question: BackgroundScore): BackgroundScore {
  if (measure === 'kind') return { mean, spread }
  if (measure === 'outside') return { mean: mean + OUTSIDE_WEIGHT * (question.outside ?? 0), spread }
  return measure === 'shift' ? { mean: question.mean, spread } : question
}

/** A similarity as a score. */
export function scoreOf({ cosine, background }: Similarity, measure: Measure): number {
  const { mean, spread } = scale(measure, background)
  return (cosine - mean) / spread
}

/**
 * The measure by which right rows stand out best against the best hits of unrelated questions. Within one modality
 * it is mostly the cosine itself that tells; across the two, questions differ in how near they are to everything.
 */
export function bestMeasure(unrelated: readonly Similarity[], right: readonly Similarity[]): Measure {
  const all = [...unrelated, ...right].map(({ background }) => background)
  const mean = all.reduce((sum, one) => sum + one.mean, 0) / all.length
  const variance = all.reduce((sum, one) => sum + one.spread ** 2 + (one.mean - mean) ** 2, 0) / all.length
  const spread = Math.sqrt(variance)
  const spanned = all.every(({ outside }) => outside !== undefined)
  const measures = (['kind', 'shift', 'question', ...(spanned ? ['outside' as const] : [])] as const).map(
    (measure) => ({ measure, mean, spread }),
  )
  const worth = (measure: Measure) => {
    const score = (one: Similarity) => scoreOf(one, measure)
    return separation(unrelated.map(score), right.map(score))
  }
  return measures.reduce((best, one) => (worth(one) > worth(best) ? one : best))
}

/** Chance that one of `right` is greater than one of `unrelated`, ties half (the area under the ROC curve). */
export function separation(unrelated: readonly number[], right: readonly number[]): number {
  let wins = 0
  for (const high of right) for (const low of unrelated) wins += high > low ? 1 : high === low ? 0.5 : 0
  return wins / Math.max(1, unrelated.length * right.length)
}

/**
 * The cut-off between the scores of unrelated questions and those of right rows. Where it cuts off no more than 10 %
 * of the right rows, it is what keeps out 95 % of the unrelated questions; else what does best by both together and
 * misses at most 20 %. Undefined where that keeps out too little: a cut-off would only hide what is there. Where
 * something else can decide instead, nothing is bargained for: it is what keeps out 95 % and misses at most 20 %, or
 * undefined.
 */
export function threshold(
  unrelated: readonly number[],
  right: readonly number[],
  { otherwise = false }: { readonly otherwise?: boolean } = {},
): number | undefined {
  const strict = strictest(unrelated, right)
  if (share(right, (one) => one < strict) <= (otherwise ? MOST_MISSES : MISSES)) return strict
  if (otherwise) return undefined
  const gain = (score: number) => share(unrelated, (one) => one < score) - share(right, (one) => one < score)
  const bearable = right.filter((score) => share(right, (one) => one < score) <= MOST_MISSES)
  const best = bearable.reduce((a, b) => (gain(b) > gain(a) ? b : a), bearable[0] ?? 0)
  return gain(best) >= LEAST_GAIN ? best : undefined
}

/**
 * The score that keeps out 95 % of the unrelated questions. Where many of them score the same, as with rows that share
 * nothing with them, that score itself keeps out none of these: then it is halfway to the least right row above it.
 */
function strictest(unrelated: readonly number[], right: readonly number[]): number {
  const edge = quantile(unrelated, 1 - FALSE_ACCEPTS)
  const tied = share(unrelated, (one) => one >= edge) > 2 * FALSE_ACCEPTS
  return tied ? (edge + Math.min(...right.filter((one) => one > edge))) / 2 : edge
}

/** Share of the values for which the condition holds; 0 of none. */
export function share<T>(values: readonly T[], holds: (value: T) => boolean): number {
  return values.filter(holds).length / Math.max(1, values.length)
}

/** The value that the given share of the values is below, between the two nearest where it falls between them. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = part * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return low + (high - low) * (place - Math.floor(place))
}
