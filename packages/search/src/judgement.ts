import { type Background, type BackgroundScore, deviations } from './background.ts'
import { scale } from './calibration/threshold.ts'
import type { RouteCutoff } from './cutoff.ts'
import { dot } from './vector.ts'

/** What is made of one row's nearness. */
export interface Judgement {
  /** Deviations above random rows. */
  readonly score: number
  /** Whether the row is similar enough. */
  readonly passes: boolean
}

/** One row as the table answers it. */
export interface Nearness {
  readonly distance: number
  /** Undefined where it was not asked for. */
  readonly vector: ArrayLike<number> | undefined
}

/**
 * Makes the function that scores a question's rows. A question of one term is scored as its kind was calibrated, and
 * its cut-off is a score. One of several terms is scored by what random rows score in the direction that they make
 * together, and a row passes where it is similar enough to one of the terms that were asked for.
 */
export function judge(
  cutoff: RouteCutoff,
  question: { readonly vector: Float32Array; readonly background: Background; readonly single: boolean },
): (row: Nearness) => Judgement {
  const own = question.background.of(question.vector)
  const [first] = cutoff.terms
  if (question.single && first?.calibrated) {
    const background = scale(first.calibrated, own)
    const least = cutoff.applies ? (first.calibrated.score ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY
    return ({ distance }) => {
      const score = deviations(distance, background)
      return { score, passes: score >= least }
    }
  }
  const tests = cutoff.applies ? termTests(cutoff, question.background) : []
  return ({ distance, vector }) => ({
    score: deviations(distance, own),
    passes: tests.length === 0 || vector === undefined || tests.some((test) => test(vector)),
  })
}

function termTests({ terms }: RouteCutoff, background: Background): ((row: ArrayLike<number>) => boolean)[] {
  return terms.flatMap(({ term, calibrated }) => {
    if (!calibrated) return []
    const against: BackgroundScore = scale(calibrated, background.of(term.vector))
    const least = calibrated.score ?? Number.NEGATIVE_INFINITY
    return [(row: ArrayLike<number>) => deviations(1 - dot(term.vector, row), against) >= least]
  })
}
