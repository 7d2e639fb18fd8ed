import type { Background } from './background.ts'
import { QuestionError } from './search-error.ts'
import { unit } from './vector.ts'

/** What a term was made of. */
export type Modality = 'text' | 'picture'

/** One term of a question as a vector. */
export interface TermVector {
  /** Of unit length. */
  readonly vector: Float32Array
  readonly modality: Modality
  readonly weight: number
}

/**
 * One direction to search in, made of all terms. Each term is first divided by the deviation of its scores in this
 * table: a picture's similarities with pictures spread three times as wide as those of words, so that otherwise the
 * picture would decide alone. Weights then mean what they say, whatever the terms are made of.
 *
 * @throws QuestionError when the terms cancel each other out.
 */
export function combine(terms: readonly TermVector[], background: Background): Float32Array {
  const first = terms[0]
  if (terms.length === 1 && first && first.weight > 0) return first.vector
  const sum = new Float64Array(first?.vector.length ?? 0)
  for (const { vector, weight } of terms) {
    const scale = weight / background.of(vector).spread
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + scale * (vector[at] as number)
  }
  const direction = unit(sum)
  if (direction) return direction
  throw new QuestionError('The terms cancel each other out; change a weight or drop a term.')
}
