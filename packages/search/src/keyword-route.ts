import type { Filter } from '@promptloom/store/filter'
import type { KeywordHit } from '@promptloom/store/keyword-search'
import { deviations } from './background.ts'
import type { Collection, SearchedTable } from './collection.ts'
import { combine, type TermVector } from './combination.ts'
import { foundRow, ROW_COLUMNS, type RouteHit, type RouteResult } from './route-search.ts'
import { NotSearchableError } from './search-error.ts'
import { dot } from './vector.ts'

/** One keyword search beside a vector search. */
export interface KeywordQuestion {
  readonly keywords: string
  readonly find: 'prompts' | 'pictures'
  /** The question's terms, so that what the words find gets a distance too. */
  readonly terms: readonly TermVector[]
  readonly filter: Filter | undefined
  readonly applyCutoff: boolean
  readonly window: number
  readonly signal: AbortSignal | undefined
}

/** Of the rarity of all words, what a hit must hold: a prompt that shares only "a" and "of" was not asked for. */
const LEAST_SHARE = 0.35

/** Searches prompts by the words of the question, through the engine's text index where it has one. */
export async function keywordRoute(collection: Collection, question: KeywordQuestion): Promise<RouteResult> {
  const { find, keywords, window, filter, signal } = question
  const searched = collection.tables[find]
  if (!searched) throw new NotSearchableError(`The collection has no ${find} to search by words.`)
  const { table, background } = searched
  const nothing = {
    route: 'keywords' as const,
    nearest: undefined,
    cutoff: { terms: [], applies: false, stale: false },
  }
  const columns = [...ROW_COLUMNS, table.shape.vector, ...(find === 'pictures' ? ['sha256'] : [])]
  const least = question.applyCutoff ? LEAST_SHARE : 0
  const answer = await rowsWithWords(searched, { words: keywords, k: window, columns, least, filter, signal })
  const vector = combine(question.terms, background)
  const own = background.of(vector)
  const hits = answer.hits.map(({ score: _, matched, ...hit }, at): RouteHit => {
    const row = foundRow(hit, table.shape.vector)
    const distance = row.vector ? Math.max(0, 1 - dot(row.vector, vector)) : undefined
    const note = `its prompt holds ${matched} of the ${answer.words} ${answer.words === 1 ? 'word' : 'words'}`
    const nearness = distance === undefined ? {} : { distance, score: deviations(distance, own) }
    return { row, reason: { route: 'keywords', rank: at + 1, note, ...nearness } }
  })
  return { ...nothing, hits, exhausted: hits.length < window }
}

/** What rows must hold. */
export interface WantedWords {
  readonly words: string
  /** Rows wanted. */
  readonly k: number
  readonly columns: readonly string[]
  /** Of the rarity of all words, the least that a row must hold; default what search takes for an answer. */
  readonly least?: number
  readonly filter?: Filter | undefined
  readonly signal?: AbortSignal | undefined
}

/** The rows of a table whose prompts hold enough of the words, best first, and how many words were looked for. */
export async function rowsWithWords(
  { table, rows }: SearchedTable,
  { words, k, columns, least = LEAST_SHARE, filter, signal }: WantedWords,
): Promise<{ readonly hits: readonly KeywordHit[]; readonly words: number }> {
  if (!/[\p{L}\p{N}]/u.test(words)) return { hits: [], words: 0 }
  const rest = { ...(filter ? { filter } : {}), ...(signal ? { signal } : {}) }
  const answer = await table.searchWords({ words, k, columns, ...rest })
  const found = answer.words.map((word) => word.rows)
  const most = rarityOfAll(found, rows)
  return { hits: answer.hits.filter(({ score }) => score >= least * most), words: found.length }
}

/**
 * The rarity of all words of a question together, as BM25 counts it. A word that no prompt has, such as an "over" where
 * people write "above", counts no more than the rarest one that some have: it must not outweigh what was asked for.
 */
function rarityOfAll(found: readonly number[], rows: number): number {
  const rarity = (count: number) => Math.log(1 + (rows - count + 0.5) / (count + 0.5))
  const known = found.filter((count) => count > 0).map(rarity)
  const most = Math.max(...known, Math.log(1 + rows) / 2)
  return known.reduce((sum, one) => sum + one, 0) + (found.length - known.length) * Math.min(rarity(0), most)
}
