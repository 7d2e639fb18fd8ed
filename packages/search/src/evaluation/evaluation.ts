import { beginning } from '../calibration/known-pairs.ts'
import type { QuestionInput } from '../question.ts'
import type { Searcher } from '../searcher.ts'
import { type CutoffRates, cutoffRates } from './cutoff-rates.ts'
import { evaluatedRows } from './evaluated-rows.ts'
import { type EvaluatedKind, EvaluationRun, itself } from './evaluation-run.ts'
import { askByLabel, type LabelOf } from './label-questions.ts'
import { askNarrowly, type NarrowFilter } from './narrow-filter.ts'
import { type PartLatency, partLatencies } from './part-latencies.ts'

/** How a collection's search is evaluated. */
export interface EvaluationOptions {
  /** Questions of each kind; default 200. */
  readonly questions?: number
  /** A row's label (an artist, a style); without it, nothing is said about labels. */
  readonly labelOf?: LabelOf
  /** Pictures that the collection has nothing like, to hold the cut-off against. */
  readonly unrelated?: readonly Uint8Array[]
  readonly onKind?: (kind: string) => void
}

/** What an evaluation found. */
export interface Evaluation {
  readonly kinds: readonly EvaluatedKind[]
  /** Empty where the collection is not calibrated. */
  readonly cutoffs: readonly CutoffRates[]
  readonly latencies: readonly PartLatency[]
  readonly filtered: NarrowFilter
}

/**
 * Asks questions whose right answers are known and counts how often they are found, nothing cut off or folded; then
 * holds the cut-offs against questions that had no part in setting them, asks with a narrow filter, and takes the
 * time of the parts of an answer.
 */
export async function evaluate(searcher: Searcher, options: EvaluationOptions = {}): Promise<Evaluation> {
  const { questions = 200, labelOf, unrelated, onKind } = options
  const rows = await evaluatedRows(searcher.collection, questions)
  const run = new EvaluationRun(searcher, rows, { onKind })
  await askTheFour(run)
  if (labelOf) await askByLabel(run, labelOf)
  const cutoffs = await cutoffRates(searcher, { rows, given: unrelated, onKind })
  onKind?.('with a narrow filter')
  const filtered = await askNarrowly(searcher, rows)
  onKind?.('for the time it takes')
  return { kinds: run.kinds, cutoffs, filtered, latencies: await partLatencies(searcher, rows) }
}

async function askTheFour(run: EvaluationRun): Promise<void> {
  const { tables, pictures } = run.searcher.collection
  const right = itself
  const question = ({ prompt }: { prompt: string }): QuestionInput => ({ terms: [{ text: beginning(prompt) }] })
  const kind = 'words → prompts'
  await run.ask({ kind, right, question, note: 'the beginning of a prompt finds it, by meaning' })
  const hybrid = (row: { prompt: string }) => ({ ...question(row), hybrid: true })
  await run.ask({ kind: `${kind}, hybrid`, right, question: hybrid, note: 'the same, with keywords' })
  if (!tables.pictures) return
  const pictured = ({ prompt }: { prompt: string }): QuestionInput => ({ find: 'pictures', terms: [{ text: prompt }] })
  await run.ask({ kind: 'words → pictures', right, question: pictured, note: 'a prompt finds its picture' })
  const note = 'a picture finds its prompt, by their likeness alone'
  await run.askDirectly({ kind: 'picture → prompts', note })
  if ((pictures?.count ?? 0) === 0) return
  await run.askByChangedPicture({ kind: 'picture → pictures', note: 'cut, mirrored, repacked' })
}
