import type { QuestionInput } from '@promptloom/search/question'
import type { Part, Query } from './query.ts'

type TermInput = NonNullable<QuestionInput['terms']>[number]

/** How much a minus part counts: its whole weight would leave little of what is asked for. */
const MINUS_WEIGHT = -0.5

/** One page of a query as the API is asked for it; the picture of a dropped part goes under the part's key. */
export function questionOf(query: Query, page: { readonly k: number; readonly page: number }): QuestionInput {
  const words = query.words.trim()
  return {
    find: query.find,
    terms: [...(words ? [{ text: words }] : []), ...query.parts.map(termOf)],
    phrases: [...query.phrases],
    filters: query.filters,
    hybrid: query.hybrid,
    cutoff: query.cutoff,
    fold: query.fold,
    ...page,
  }
}

function termOf(part: Part): TermInput {
  const weight = part.minus ? MINUS_WEIGHT : 1
  switch (part.kind) {
    case 'words':
      return { text: part.text, weight }
    case 'row':
      return { id: part.id, weight }
    case 'address':
      return { url: part.url, weight }
    case 'dropped':
      return { upload: part.key, weight }
  }
}

/** Keys of the dropped pictures of a query. */
export function droppedKeys({ parts }: Query): string[] {
  return parts.flatMap((part) => (part.kind === 'dropped' ? [part.key] : []))
}
