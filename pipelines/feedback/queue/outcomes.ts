import type { OutcomeKind } from '@promptloom/runner/stage'

/** How a prompt of the queue can end, and whether the next run tries it again (`transient`). */
const OUTCOMES = {
  /** Improved, and painted where that is wanted; the results are in the inbox. */
  ok: 'ok',
  /** The refiner found no better prompt. */
  nothing_better: 'final',
  /** More than 10,000 characters. */
  too_long: 'final',
  /** Left to another night: the next call, or picture, might have exceeded the budget. */
  budget: 'transient',
  /** Not asked any more in this run, after five failures in a row. */
  gave_up: 'transient',
  /** The collection could not be searched for neighbours: on the first run nothing is loaded yet. */
  not_searchable: 'transient',
  llm_unreachable: 'transient',
  llm_timeout: 'transient',
  llm_busy: 'transient',
  llm_error: 'transient',
  llm_invalid: 'final',
  llm_refused: 'final',
  llm_malformed: 'final',
  generator_unreachable: 'transient',
  generator_timeout: 'transient',
  generator_busy: 'transient',
  generator_error: 'transient',
  generator_malformed: 'transient',
  generator_invalid: 'final',
  generator_refused: 'final',
} as const satisfies Readonly<Record<string, OutcomeKind>>

/**
 * The outcomes of queued prompts.
 * @param worked false where nobody works on the queue: then no outcome is worth another try
 */
export function queueOutcomes(worked: boolean): Readonly<Record<string, OutcomeKind>> {
  if (worked) return OUTCOMES
  const settled = Object.entries(OUTCOMES).map(([name, kind]) => [name, kind === 'transient' ? 'final' : kind] as const)
  return Object.fromEntries(settled)
}
