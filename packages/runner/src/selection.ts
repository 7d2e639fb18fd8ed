import { distance } from 'fastest-levenshtein'
import { UserError } from './errors.ts'
import type { BoundStage } from './stage.ts'

/** Which part of a pipeline to run: one stage, or from one stage to another, both included. */
export interface Selection {
  readonly only?: string
  readonly from?: string
  readonly to?: string
}

/**
 * The selected stages in pipeline order.
 * @throws UserError for an unknown stage, for `only` beside `from` or `to`, and for an empty range.
 */
export function selectStages(pipeline: readonly BoundStage[], selection: Selection): readonly BoundStage[] {
  const { only, from, to } = selection
  if (only !== undefined && (from !== undefined || to !== undefined)) {
    throw new UserError('--only cannot be combined with --from or --to; give one stage, or a range.')
  }
  if (only !== undefined) return [pipeline[stageIndex(pipeline, only)] as BoundStage]
  const first = from === undefined ? 0 : stageIndex(pipeline, from)
  const last = to === undefined ? pipeline.length - 1 : stageIndex(pipeline, to)
  if (first > last) {
    throw new UserError(`--from ${from} comes after --to ${to}; the order is ${stageNames(pipeline).join(' → ')}.`)
  }
  return pipeline.slice(first, last + 1)
}

/** The name among `known` that is nearest to a mistyped one; one that begins with it, at least three letters, is nearer. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const begins = (one: string) => name.length >= 3 && one.toLowerCase().startsWith(name.toLowerCase())
  return [...known].sort((a, b) => Number(begins(b)) - Number(begins(a)) || distance(name, a) - distance(name, b))[0]
}

/** Names of a pipeline's stages, in order. */
export function stageNames(pipeline: readonly BoundStage[]): string[] {
  return pipeline.map(({ stage }) => stage.name)
}

function stageIndex(pipeline: readonly BoundStage[], name: string): number {
  const names = stageNames(pipeline)
  const index = names.indexOf(name)
  if (index >= 0) return index
  throw new UserError(
    `There is no stage "${name}"; did you mean "${nearest(name, names)}"? Stages: ${names.join(', ')}.`,
  )
}
