import { sampleRows } from '@promptloom/store/oracle'
import type { QuestionInput } from '../question.ts'
import { Searcher } from '../searcher.ts'
import type { EvaluatedRow } from './evaluated-rows.ts'

/** Whether questions with a filter that few rows meet got as many hits as there are. */
export interface NarrowFilter {
  readonly questions: number
  /** Questions that got all the hits that they could: k, or every row that meets the filter. */
  readonly full: number
  /** Rows that meet the filter. */
  readonly rows: number
}

const SHARE = 0.01
const K = 10
const QUESTIONS = 20
/** Ids of a filter travel with each question. */
const MOST_ROWS = 2_000

/**
 * Asks with a filter that one row in a hundred meets, by every way of asking, as users do. The rows are a random share
 * that has nothing to do with what is asked, which is the hardest case for an approximate index: "rated by me".
 */
export async function askNarrowly(searcher: Searcher, rows: readonly EvaluatedRow[]): Promise<NarrowFilter> {
  const { collection } = searcher
  const searched = collection.tables.pictures ?? collection.tables.prompts
  if (!searched) return { questions: 0, full: 0, rows: 0 }
  const { table } = searched
  const target = { database: collection.store.database, name: table.name, shape: table.shape }
  const wanted = Math.min(MOST_ROWS, Math.max(1, Math.round(searched.rows * SHARE)))
  const ids = (await sampleRows(target, wanted, 'narrow filter')).map(({ id }) => id)
  const narrow = new Searcher({ ...collection, ratedAtLeast: async () => ids })
  let [questions, full] = [0, 0]
  for (const row of rows.slice(0, QUESTIONS)) {
    for (const question of waysOfAsking(row, collection.tables.pictures !== undefined)) {
      const { hits } = await narrow.ask({ ...question, k: K, filters: { minRating: 1 }, cutoff: false, fold: false })
      // A row asked with is no answer to its own question.
      const possible = ids.filter((id) => question.find !== 'pictures' || !asksBy(question, id)).length
      questions++
      if (hits.length === Math.min(K, possible)) full++
    }
  }
  return { questions, full, rows: ids.length }
}

function waysOfAsking({ id, prompt }: EvaluatedRow, pictured: boolean): QuestionInput[] {
  const terms = [{ text: prompt }]
  const byWords: QuestionInput[] = [{ terms }, { terms, hybrid: true }]
  if (!pictured) return byWords
  const like = [{ id, use: 'picture' as const }]
  return [...byWords, { terms, find: 'pictures' }, { terms: like }, { terms: like, find: 'pictures' }]
}

function asksBy({ terms = [] }: QuestionInput, id: string): boolean {
  return terms.some((term) => 'id' in term && term.id === id)
}
