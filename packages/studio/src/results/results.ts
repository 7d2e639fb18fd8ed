import { batch, type ReadonlySignal, signal } from '@preact/signals'
import type { Answer, Hit } from '@promptloom/search/answer'
import { ask } from '../api/search.ts'
import { keptPicture } from '../question/dropped-pictures.ts'
import { addressOf } from '../question/link.ts'
import type { Query } from '../question/query.ts'
import { droppedKeys, questionOf } from '../question/question.ts'

/** Hits of one page. */
const PAGE = 100
/** Ranks past this are never computed by the server. */
const DEEPEST = 10_000
/** Answers kept, so that “back” shows them at once. */
const MOST_KEPT = 8

/** The growing answer to one query. */
export interface Results {
  readonly query: Query
  readonly hits: ReadonlySignal<readonly Hit[]>
  /** The first page's answer, whose verdict and cut-off speak for all; null until it is there. */
  readonly answer: ReadonlySignal<Answer | null>
  readonly loading: ReadonlySignal<boolean>
  readonly failure: ReadonlySignal<Error | null>
  /** Asks for the next page, unless it is being asked for or there is none. */
  more(): void
  /** Asks again for what has failed. */
  retry(): void
  /** Leaves a row out, e.g. because it was forgotten. */
  drop(id: string): void
  /** Gives up what is being asked for. */
  stop(): void
}

const kept = new Map<string, Results>()

/** The results of a query, those of an earlier visit where they are still there. */
export function resultsOf(query: Query): Results {
  const key = addressOf(query)
  const known = kept.get(key)
  kept.delete(key)
  const results = known && known.failure.value === null ? known : openResults(query)
  kept.set(key, results)
  if (results.answer.value === null) results.more()
  for (const [old] of [...kept].slice(0, -MOST_KEPT)) kept.delete(old)
  return results
}

/** Leaves a row out of all answers. */
export function dropEverywhere(id: string): void {
  for (const results of kept.values()) results.drop(id)
}

/** Lets all answers be asked for anew, because the collection has changed. */
export function forgetAnswers(): void {
  kept.clear()
}

/** Opens the results of a query and asks for its first page. */
export function openResults(query: Query): Results {
  const hits = signal<readonly Hit[]>([])
  const answer = signal<Answer | null>(null)
  const loading = signal(false)
  const failure = signal<Error | null>(null)
  let stopping = new AbortController()
  let page = 0
  let exhausted = false
  const known = new Set<string>()

  const load = async () => {
    loading.value = true
    failure.value = null
    const { signal: until } = stopping
    try {
      const next = await ask(questionOf(query, { k: PAGE, page: page + 1 }), {
        uploads: await uploadsOf(query),
        signal: until,
      })
      until.throwIfAborted()
      const fresh = next.hits.filter(({ id }) => !known.has(id) && known.add(id))
      page++
      exhausted = !next.more || (page + 1) * PAGE > DEEPEST
      batch(() => {
        if (page === 1) answer.value = next
        hits.value = [...hits.value, ...fresh]
      })
    } catch (error) {
      if (!until.aborted) failure.value = error as Error
    } finally {
      // After it was given up, another one may be on its way.
      if (!until.aborted) loading.value = false
    }
  }
  const more = () => {
    if (!loading.value && !exhausted && failure.value === null) void load()
  }
  more()
  return {
    query,
    hits,
    answer,
    loading,
    failure,
    more: () => {
      if (stopping.signal.aborted) stopping = new AbortController()
      more()
    },
    retry: () => void load(),
    drop: (id) => {
      hits.value = hits.value.filter((hit) => hit.id !== id)
    },
    stop: () => {
      stopping.abort()
      loading.value = false
    },
  }
}

async function uploadsOf(query: Query): Promise<ReadonlyMap<string, Blob>> {
  const keys = droppedKeys(query)
  return new Map(await Promise.all(keys.map(async (key) => [key, await keptPicture(key)] as const)))
}
