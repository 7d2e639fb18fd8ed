import type { Calibration } from './calibration/calibration-file.ts'
import type { TermVector } from './combination.ts'
import type { CalibrationSummary } from './row-view.ts'

/** Share of rows by which a table may have grown or shrunk before its calibration counts as stale. */
const STALE_SHARE = 0.2

/** What calibration says of one term's similarity with the rows of one table. */
export interface TermCutoff {
  readonly term: TermVector
  /** Undefined where this kind of question was not calibrated. */
  readonly calibrated: CalibrationSummary | undefined
}

/** What calibration says of a question to one table. */
export interface RouteCutoff {
  /** One entry a term with a positive weight. A hit must be similar enough to one of them. */
  readonly terms: readonly TermCutoff[]
  /** Whether every term has a cut-off, so that hits can be left out. */
  readonly applies: boolean
  readonly stale: boolean
}

/**
 * Whether the words themselves must decide what is an answer: the question is in words alone, and by its calibration
 * the model does not tell, for this kind of question, what is related from what is not.
 */
export function wordsDecide({ terms }: RouteCutoff): boolean {
  return (
    terms.length > 0 && terms.every(({ term, calibrated }) => term.modality === 'text' && calibrated?.score === null)
  )
}

/**
 * Whether similar pictures must decide which prompts are an answer: the question is in pictures alone, the model does
 * not tell which prompts describe them and which don't, but which pictures look like them.
 */
export function picturesDecide(prompts: RouteCutoff, pictures: RouteCutoff): boolean {
  const untold = prompts.terms.every(
    ({ term, calibrated }) => term.modality === 'picture' && calibrated?.score === null,
  )
  return prompts.terms.length > 0 && untold && pictures.applies
}

/**
 * The cut-offs of a question's terms in one table. What was asked for in several terms is found where a hit is
 * similar enough to one of them; similarity to the direction that they make together has no background of its own.
 */
export function routeCutoff(
  calibration: Calibration | undefined,
  terms: readonly TermVector[],
  target: { readonly find: 'prompts' | 'pictures'; readonly rows: number },
): RouteCutoff {
  const cutoffs = terms
    .filter(({ weight }) => weight > 0)
    .map((term) => ({
      term,
      calibrated: calibration?.routes.find(({ route }) => route === `${term.modality}→${target.find}`),
    }))
  const known = cutoffs.flatMap(({ calibrated }) => calibrated ?? [])
  return {
    terms: cutoffs,
    applies: cutoffs.length > 0 && cutoffs.every(({ calibrated }) => typeof calibrated?.score === 'number'),
    stale: known.some(({ rows }) => Math.abs(target.rows - rows) > STALE_SHARE * rows),
  }
}
