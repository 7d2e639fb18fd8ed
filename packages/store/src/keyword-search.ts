import type { Capabilities } from './capabilities.ts'
import type { Database } from './database.ts'
import { condition, type Filter } from './filter.ts'
import { StoreUsageError } from './store-error.ts'
import type { TableShape } from './table-kind.ts'
import { TEXT_SEARCH_CANDIDATES, textSearchRows } from './text-search.ts'

/** A search for prompts by their words. */
export interface KeywordRequest {
  /** Any text; its words are looked for one by one, upper and lower case alike. */
  readonly words: string
  /** Rows wanted, 1 to 10,000. */
  readonly k: number
  readonly filter?: Filter
  /** Columns of the answer beside id and score; default all but the vector. */
  readonly columns?: readonly string[]
  readonly signal?: AbortSignal
}

/** A row that has some of the words. */
export interface KeywordHit extends Readonly<Record<string, unknown>> {
  readonly id: string
  /** Sum of the found words' rarities (BM25's idf); 0 never occurs. */
  readonly score: number
  /** How many of the words were found. */
  readonly matched: number
}

/** Best first, and by what they were found. */
export interface KeywordAnswer {
  readonly hits: readonly KeywordHit[]
  /** `text search` is MyScale's TextSearch. */
  readonly used: 'text index' | 'text search' | 'scan'
  /** The words looked for, and the rows that have each. */
  readonly words: readonly { readonly word: string; readonly rows: number }[]
}

/** Words beyond this many are left out: a prompt has about twenty. */
const MOST_WORDS = 32

/** True where the engine has a text index that can be relied upon. */
export function hasTextIndex({ settings, vectorTables }: Capabilities): boolean {
  return !vectorTables && settings.get('enable_full_text_index') === '1'
}

/** A table whose prompts are searched; `textSearch`: MyScale's TextSearch finds all of its rows. */
export interface KeywordTable {
  readonly database: Database
  readonly name: string
  readonly shape: TableShape
  readonly textSearch?: boolean
}

/**
 * Rows whose prompt has any of the words, those with more and rarer ones first; of equal ones the shorter prompt.
 * Through the text index or MyScale's TextSearch where the engine has one, else by looking at every prompt; so, too,
 * where TextSearch comes up short of rows that may be there.
 * @throws StoreUsageError when the text has no word.
 */
export async function searchWords(
  table: KeywordTable,
  request: KeywordRequest,
  capabilities: Capabilities,
): Promise<KeywordAnswer> {
  const { database, name, shape } = table
  const words = wordsOf(request.words)
  if (words.length === 0) throw new StoreUsageError(`"${request.words}" holds no word to look for.`)
  const indexed = hasTextIndex(capabilities)
  const has = (at: number) =>
    indexed ? `hasAnyTokens(lowerUTF8(prompt), [{w${at}:String}])` : `hasToken(lowerUTF8(prompt), {w${at}:String})`
  const any = indexed
    ? 'hasAnyTokens(lowerUTF8(prompt), {words:Array(String)})'
    : `(${words.map((_, at) => has(at)).join(' OR ')})`
  const bound = Object.fromEntries(words.map((word, at) => [`w${at}`, word]))
  const params = { ...bound, ...(indexed ? { words } : {}) }
  const counts = await database.row<Record<string, string | number>>(
    `SELECT (SELECT count() FROM ${name}) AS total, ${words.map((_, at) => `countIf(${has(at)}) AS n${at}`).join(', ')}
     FROM ${name} WHERE ${any}`,
    { params, ...(request.signal ? { signal: request.signal } : {}) },
  )
  const rows = words.map((word, at) => ({ word, rows: Number(counts?.[`n${at}`] ?? 0) }))
  const total = Number(counts?.total ?? 0)
  const weights = rows.map((one) => Math.log(1 + (total - one.rows + 0.5) / (one.rows + 0.5)))
  const where = request.filter ? condition(request.filter, shape) : undefined
  const asked = request.columns ?? shape.columns.filter((column) => column !== shape.vector)
  const columns = ['id', ...asked.filter((column) => column !== 'id')]
  const hitsFrom = (rowsOf: string, conditions: readonly string[]) =>
    database.rows<KeywordHit>(
      `SELECT ${columns.join(', ')},
       ${weights.map((weight, at) => `${has(at)} * ${weight.toFixed(6)}`).join(' + ')} AS score,
       ${words.map((_, at) => has(at)).join(' + ')} AS matched
     FROM ${rowsOf} WHERE ${conditions.join(' AND ')}
     ORDER BY score DESC, length(prompt), id LIMIT {k:UInt32}`,
      {
        params: { ...params, ...where?.params, k: request.k, candidates: request.k * TEXT_SEARCH_CANDIDATES },
        ...(request.signal ? { signal: request.signal } : {}),
      },
    )
  if (table.textSearch) {
    const inner = [...new Set([...columns, 'prompt'])]
    const found = await hitsFrom(textSearchRows(name, { words, columns: inner, where: where?.sql }), [any])
    const most = where ? request.k : Math.min(request.k, Math.max(...rows.map((one) => one.rows)))
    // Whether a filter is applied before the ranking is the server's affair, and k rows must come where k match.
    if (found.length >= most) return { hits: found.map(tidy), used: 'text search', words: rows }
  }
  const hits = await hitsFrom(name, [any, ...(where ? [`(${where.sql})`] : [])])
  return { hits: hits.map(tidy), used: indexed ? 'text index' : 'scan', words: rows }
}

/** Distinct words in lower case, split as the index splits: at everything in ASCII that is no letter or digit. */
function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z0-9\u0080-\u{10ffff}]+/gu) ?? []
  return [...new Set(words)].slice(0, MOST_WORDS)
}

function tidy(row: KeywordHit): KeywordHit {
  const { width, height } = row as { width?: unknown; height?: unknown }
  return {
    ...row,
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(height === undefined ? {} : { height: Number(height) }),
    score: Number(row.score),
    matched: Number(row.matched),
  }
}
