import type { Filter } from '@promptloom/store/filter'
import type { Collection } from './collection.ts'
import type { RouteResult } from './route-search.ts'

/** One keyword search. */
export interface KeywordQuestion {
  readonly keywords: string
  readonly find: 'prompts' | 'pictures'
  readonly filter: Filter | undefined
  readonly window: number
  readonly signal: AbortSignal | undefined
}

export async function keywordRoute(_collection: Collection, _question: KeywordQuestion): Promise<RouteResult> {
  throw new Error('not yet')
}
