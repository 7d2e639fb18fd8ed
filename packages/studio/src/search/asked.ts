import { computed, type ReadonlySignal, untracked } from '@preact/signals'
import { go, place } from '../navigation.ts'
import { addressOf, queryOf } from '../question/link.ts'
import { asksSomething, type Query } from '../question/query.ts'
import { type Results, resultsOf } from '../results/results.ts'

/** The address part that says what is asked; it stays while a row is open. */
const searchText = computed(() => place.value.search.toString())

/** What the address asks. */
export const asked: ReadonlySignal<Query> = computed(() => queryOf(new URLSearchParams(searchText.value)))

/** The answer to it; null where nothing is asked, and away from the search. */
export const results: ReadonlySignal<Results | null> = computed(() => {
  const { path } = place.value
  const searches = path === '/' || path.startsWith('/row/')
  const query = asked.value
  // The answer's own changes are no reason to ask anew.
  return searches && asksSomething(query) ? untracked(() => resultsOf(query)) : null
})

let typedEntry: string | undefined

/** Asks something else. */
export function askFor(query: Query): void {
  typedEntry = undefined
  go(addressOf(query))
}

/** Asks what is being typed: the words so far take one entry of the history, not one a letter. */
export function askWhileTyping(query: Query): void {
  const address = addressOf(query)
  if (address === location.pathname + location.search) return
  const replace = typedEntry === place.value.key
  // Nothing leads back to what half a word would have found.
  if (replace && results.peek()?.answer.peek() === null) results.peek()?.stop()
  go(address, { replace })
  typedEntry = place.value.key
}
