import type { Filters } from '@promptloom/search/filters'

/** One part of a question beside the words that are typed. */
export type Part =
  | { readonly kind: 'words'; readonly text: string; readonly minus: boolean }
  | { readonly kind: 'row'; readonly id: string; readonly minus: boolean }
  | { readonly kind: 'address'; readonly url: string; readonly minus: boolean }
  /** A picture that was dropped here; it never leaves this browser but for the search itself. */
  | { readonly kind: 'dropped'; readonly key: string; readonly minus: boolean }

/** What a person asks: the whole state of the search page. */
export interface Query {
  readonly words: string
  readonly parts: readonly Part[]
  /** Must occur in the prompt as written. */
  readonly phrases: readonly string[]
  readonly find: 'pictures' | 'prompts'
  readonly filters: Filters
  readonly hybrid: boolean
  readonly cutoff: boolean
  readonly fold: boolean
}

/** Nothing asked. */
export const NOTHING: Query = {
  words: '',
  parts: [],
  phrases: [],
  find: 'pictures',
  filters: {},
  hybrid: true,
  cutoff: true,
  fold: true,
}

/** Whether there is something to search for. */
export function asksSomething({ words, parts, phrases }: Query): boolean {
  return words.trim() !== '' || phrases.length > 0 || parts.some(({ minus }) => !minus)
}

/** Whether two parts name the same thing, whatever their signs. */
export function sameThing(a: Part, b: Part): boolean {
  return nameOf(a) === nameOf(b)
}

/** A name that is the same for parts that name the same thing. */
export function nameOf(part: Part): string {
  switch (part.kind) {
    case 'words':
      return `words ${part.text}`
    case 'row':
      return `row ${part.id}`
    case 'address':
      return `address ${part.url}`
    case 'dropped':
      return `dropped ${part.key}`
  }
}

/** The query with one part more; one that names the same thing is replaced. */
export function withPart(query: Query, part: Part): Query {
  return { ...query, parts: [...query.parts.filter((other) => !sameThing(other, part)), part] }
}

/** The query without a part. */
export function withoutPart(query: Query, part: Part): Query {
  return { ...query, parts: query.parts.filter((other) => !sameThing(other, part)) }
}

/** The query with a part's sign turned. */
export function turned(query: Query, part: Part): Query {
  return {
    ...query,
    parts: query.parts.map((other) => (sameThing(other, part) ? { ...other, minus: !other.minus } : other)),
  }
}

/** The question “more like this”. */
export function likeRow(id: string): Query {
  return { ...NOTHING, parts: [{ kind: 'row', id, minus: false }] }
}

/** The question “which prompt made this?”. */
export function promptsOfRow(id: string): Query {
  return { ...likeRow(id), find: 'prompts' }
}

/** The question for some words alone. */
export function forWords(words: string, find: Query['find'] = 'pictures'): Query {
  return { ...NOTHING, words, find }
}
