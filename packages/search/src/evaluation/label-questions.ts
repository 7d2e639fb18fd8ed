import type { Collection } from '../collection.ts'
import type { QuestionInput } from '../question.ts'
import type { EvaluatedRow } from './evaluated-rows.ts'
import type { EvaluationRun, Right } from './evaluation-run.ts'

/** What a row is labelled with, e.g. its artist or style; undefined where it has no label. */
export type LabelOf = (row: EvaluatedRow) => string | undefined

/** Rows that are looked at to learn how frequent labels are. */
const COUNTED_ROWS = 50_000

/**
 * Asks for rows by their label: by its name, by meaning alone and with keywords, where prompts hold it; and by the
 * picture of a row that has it, itself left out.
 */
export async function askByLabel(run: EvaluationRun, labelOf: LabelOf): Promise<void> {
  const frequency = await labelFrequency(run.searcher.collection, labelOf)
  const labelled = run.only((row) => labelOf(row) !== undefined)
  const same: Right = (hit, asked) => labelOf(hit) === labelOf(asked)
  const other: Right = (hit, asked) => hit.id !== asked.id && same(hit, asked)
  const named = labelled.only((row) => row.prompt.toLowerCase().includes(labelOf(row)?.toLowerCase() ?? ''))
  const name = (row: EvaluatedRow): QuestionInput => ({ terms: [{ text: labelOf(row) ?? '' }] })
  const rightRows = (row: EvaluatedRow) => frequency(labelOf(row))
  const names = { right: same, rightRows }
  if (named.rows.length > 0) {
    await named.ask({
      ...names,
      kind: 'label → prompts, by meaning',
      question: name,
      note: 'the label alone, vectors alone',
    })
    const question = (row: EvaluatedRow) => ({ ...name(row), hybrid: true })
    await named.ask({ ...names, kind: 'label → prompts, hybrid', question, note: 'the same, with keywords' })
  }
  if (!run.searcher.collection.tables.pictures) return
  const others = { right: other, rightRows: (row: EvaluatedRow) => rightRows(row) - 1, note: 'the row itself left out' }
  for (const find of ['prompts', 'pictures'] as const) {
    const question = ({ id }: EvaluatedRow): QuestionInput => ({ find, terms: [{ id, use: 'picture' }] })
    await labelled.ask({ ...others, kind: `picture → ${find} of its label`, question })
  }
}

/** How many rows of the table have a label, counted, or in a large table estimated from a random share of it. */
async function labelFrequency(
  { store, tables }: Collection,
  labelOf: LabelOf,
): Promise<(label: string | undefined) => number> {
  const searched = tables.pictures ?? tables.prompts
  if (!searched) return () => 0
  const rows = await store.database.rows<EvaluatedRow>(
    `SELECT id, prompt FROM ${searched.table.name} ORDER BY cityHash64(id) LIMIT {count:UInt32}`,
    { params: { count: COUNTED_ROWS } },
  )
  const found = new Map<string, number>()
  for (const row of rows) {
    const label = labelOf(row)
    if (label !== undefined) found.set(label, (found.get(label) ?? 0) + 1)
  }
  const scale = searched.rows / Math.max(1, rows.length)
  return (label = '') => Math.max(1, Math.round((found.get(label) ?? 0) * scale))
}
