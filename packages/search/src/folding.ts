import { dot } from './vector.ts'

/** Cosine similarity from which two rows are shown as one: what a changed comma or a re-encoded picture moves. */
export const COPY_SIMILARITY = 0.985

/** What folding looks at. */
export interface Foldable {
  readonly id: string
  readonly prompt: string
  /** Of unit length; without it, only the other signs count. */
  readonly vector?: Float32Array
  /** SHA-256 of the picture's bytes. */
  readonly sha256?: string
}

/** One row, and those that were folded into it. */
export interface Folded<Row> {
  readonly row: Row
  readonly copies: readonly Row[]
}

/**
 * Folds near-duplicates into the best ranked of them. Prompts are copies when they hold the same words, whatever
 * their case, order and punctuation; pictures when they have the same bytes; both when their vectors are nearly the
 * same. Two different pictures of the same prompt are two results.
 *
 * The list is gone through from its beginning, and each row joins the first leader that it is a copy of. A longer
 * list therefore has the same leaders in the same order at its beginning: a page never shows what an earlier page has
 * shown or folded.
 */
export function fold<Row extends Foldable>(ranked: readonly Row[], by: 'prompts' | 'pictures'): Folded<Row>[] {
  const leaders: { row: Row; copies: Row[] }[] = []
  const keys = new Map<string, (typeof leaders)[number]>()
  for (const row of ranked) {
    const key = by === 'prompts' ? words(row.prompt) : row.sha256
    const leader = (key ? keys.get(key) : undefined) ?? leaders.find((one) => alike(one.row, row))
    if (leader) leader.copies.push(row)
    else leaders.push({ row, copies: [] })
    if (key && !keys.has(key)) keys.set(key, leader ?? (leaders.at(-1) as (typeof leaders)[number]))
  }
  return leaders
}

function alike(a: Foldable, b: Foldable): boolean {
  return a.vector !== undefined && b.vector !== undefined && dot(a.vector, b.vector) >= COPY_SIMILARITY
}

/** The words of a prompt as a set: emphasis like `(word:1.2)`, punctuation, case and order make no difference. */
function words(prompt: string): string {
  const found = prompt
    .normalize('NFKC')
    .toLowerCase()
    .replace(/:\d+(\.\d+)?(?=\s*[)\]])/g, ' ')
    .match(/[\p{L}\p{N}]+/gu)
  return [...new Set(found)].sort().join(' ')
}
