import type { Filter } from '@promptloom/store/filter'
import type { Route } from './answer.ts'
import type { TermVector } from './combination.ts'
import type { Question, Term } from './question.ts'

/** One table that is searched for a question, and what the route is called. */
export interface PlannedRoute {
  readonly route: Route
  readonly find: 'prompts' | 'pictures'
  readonly terms: readonly TermVector[]
  readonly except: readonly string[]
}

/** How a question is answered. */
export interface Plan {
  readonly routes: readonly PlannedRoute[]
  /** The words that are asked for, for the text index; undefined where there are none. */
  readonly words: string | undefined
  readonly filter: Filter | undefined
}

/**
 * Decides by which routes a question is answered. Prompts for a picture are looked for in two ways, since either
 * alone fails often: prompts that describe the picture by their own vectors, and prompts of pictures that look like it.
 */
export function plan(
  question: Question,
  terms: readonly TermVector[],
  extra: { filter: Filter | undefined; hasPictures: boolean },
): Plan {
  const { find } = question
  const routes: PlannedRoute[] = [
    { route: `${kindOf(terms)}→${find}`, find, terms, except: selves(question.terms, terms, find) },
  ]
  const asksByPicture = terms.some(({ modality, weight }) => modality === 'picture' && weight > 0)
  if (find === 'prompts' && asksByPicture && extra.hasPictures) {
    // The row's own picture, too: its prompt did make it, and an upload of the same picture would find it.
    routes.push({ route: `${kindOf(terms)}→pictures`, find: 'pictures', terms, except: [] })
  }
  const words = question.terms.flatMap((term) => ('text' in term && term.weight > 0 ? [term.text] : []))
  return { routes, filter: extra.filter, words: words.length > 0 ? words.join(' ') : undefined }
}

function kindOf(terms: readonly TermVector[]): 'text' | 'picture' | 'mixed' {
  const kinds = new Set(terms.filter(({ weight }) => weight > 0).map(({ modality }) => modality))
  return kinds.size === 1 ? ([...kinds][0] as 'text' | 'picture') : 'mixed'
}

/** Rows whose own vector in this table was asked with: each would be its own best answer. */
function selves(terms: readonly Term[], vectors: readonly TermVector[], find: 'prompts' | 'pictures'): string[] {
  const side = find === 'prompts' ? 'text' : 'picture'
  return terms.flatMap((term, at) => ('id' in term && vectors[at]?.modality === side ? [term.id] : []))
}
