import { beginning } from '../calibration/known-pairs.ts'
import { quantile } from '../calibration/threshold.ts'
import type { QuestionInput } from '../question.ts'
import type { Searcher } from '../searcher.ts'
import type { EvaluatedRow } from './evaluated-rows.ts'

/** Milliseconds of one part of the answers to one kind of question. */
export interface PartLatency {
  readonly kind: string
  readonly part: string
  readonly p50: number
  readonly p95: number
}

/** Parts of an answer, as its `timings` name them. */
export const PARTS = ['encode', 'store', 'rank', 'rows', 'total'] as const

const QUESTIONS = 100
const WARM_UP = 3

/** Asks each kind of question as users do, cut off and folded, one at a time with everything warm. */
export async function partLatencies(searcher: Searcher, rows: readonly EvaluatedRow[]): Promise<PartLatency[]> {
  const pictured = searcher.collection.tables.pictures !== undefined
  const latencies: PartLatency[] = []
  const words = ({ prompt }: EvaluatedRow) => [{ text: beginning(prompt) }]
  latencies.push(...(await timed('words → prompts', (row) => ({ terms: words(row) }))))
  latencies.push(...(await timed('words → prompts, hybrid', (row) => ({ terms: words(row), hybrid: true }))))
  if (!pictured) return latencies
  latencies.push(...(await timed('words → pictures', (row) => ({ terms: words(row), find: 'pictures' }))))
  if ((searcher.collection.pictures?.count ?? 0) === 0) return latencies
  for (const find of ['prompts', 'pictures'] as const) {
    latencies.push(...(await timed(`picture → ${find}`, () => ({ find, terms: [{ upload: 'picture' }] }))))
  }
  return latencies

  async function timed(kind: string, question: (row: EvaluatedRow) => QuestionInput): Promise<PartLatency[]> {
    const times: Record<string, number>[] = []
    for (const [at, row] of rows.slice(0, QUESTIONS + WARM_UP).entries()) {
      const asked = question(row)
      const bytes = usesUpload(asked) ? await searcher.collection.pictures?.read(row.id) : undefined
      if (usesUpload(asked) && !bytes) continue
      const { timings } = await searcher.ask(asked, bytes ? { uploads: new Map([['picture', bytes]]) } : {})
      if (at >= WARM_UP || rows.length <= WARM_UP) times.push(timings)
    }
    return PARTS.map((part) => {
      const values = times.map((timings) => timings[part] ?? 0)
      return { kind, part, p50: quantile(values, 0.5), p95: quantile(values, 0.95) }
    })
  }
}

function usesUpload({ terms = [] }: QuestionInput): boolean {
  return terms.some((term) => 'upload' in term)
}
