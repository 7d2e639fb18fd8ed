import type { Capabilities } from './capabilities.ts'
import type { Database } from './database.ts'
import { condition, type Filter } from './filter.ts'
import { StoreUsageError } from './store-error.ts'
import type { TableShape } from './table-kind.ts'

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
  readonly used: 'text index' | 'scan'
  /** The words looked for, and the rows that have each. */
  readonly words: readonly { readonly word: string; readonly rows: number }[]
}

/** Words beyond this many are left out: a prompt has about twenty. */
const MOST_WORDS = 32

/** True where the engine has a text index that can be relied upon. */
export function hasTextIndex({ settings, vectorTables }: Capabilities): boolean {
  return !vectorTables && settings.get('enable_full_text_index') === '1'
}

/**
 * Rows whose prompt has any of the words, those with more and rarer ones first; of equal ones the shorter prompt.
 * Through the text index where the engine has one, else by looking at every prompt.
 * @throws StoreUsageError when the text has no word.
 */
export async function searchWords(
  table: { readonly database: Database; readonly name: string; readonly shape: TableShape },
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
  const columns = request.columns ?? shape.columns.filter((column) => column !== shape.vector)
  const hits = await database.rows<KeywordHit>(
    `SELECT ${['id', ...columns.filter((column) => column !== 'id')].join(', ')},
       ${weights.map((weight, at) => `${has(at)} * ${weight.toFixed(6)}`).join(' + ')} AS score,
       ${words.map((_, at) => has(at)).join(' + ')} AS matched
     FROM ${name} WHERE ${any}${where ? ` AND (${where.sql})` : ''}
     ORDER BY score DESC, length(prompt), id LIMIT {k:UInt32}`,
    { params: { ...params, ...where?.params, k: request.k }, ...(request.signal ? { signal: request.signal } : {}) },
  )
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
