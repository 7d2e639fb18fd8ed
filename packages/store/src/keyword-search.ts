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
/** What weights lose when they are written into a statement, and more. */
const ROUNDING = 1e-3

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
  /**
   * Rows of the rarest words that are ranked first, default 20,000; the words of more rows join them in steps of eight
   * times as many. It decides what an answer costs, never what it is.
   */
  readonly firstRows?: number
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
  const names = wordsOf(request.words)
  if (names.length === 0) throw new StoreUsageError(`"${request.words}" holds no word to look for.`)
  const indexed = hasTextIndex(capabilities)
  const search = { table, request, words: await countWords(table, names, indexed, request.signal), indexed }
  const words = search.words.map(({ word, rows }) => ({ word, rows }))
  if (table.textSearch) {
    const found = await byTextSearch(search)
    const most = request.filter ? request.k : Math.min(request.k, Math.max(...words.map((one) => one.rows)))
    // Whether a filter is applied before the ranking is the server's affair, and k rows must come where k match.
    if (found.length >= most) return { hits: await withColumns(table, request, found), used: 'text search', words }
  }
  const ranking = indexed ? await rarestFirst(search) : await rank(search, table.name, search.words)
  return { hits: await withColumns(table, request, ranking), used: indexed ? 'text index' : 'scan', words }
}

interface Word {
  readonly word: string
  /** Its parameter's name. */
  readonly at: number
  readonly rows: number
  /** BM25's idf. */
  readonly weight: number
}

interface WordSearch {
  readonly table: KeywordTable
  readonly request: KeywordRequest
  readonly words: readonly Word[]
  readonly indexed: boolean
}

interface Ranked {
  readonly id: string
  readonly score: number
  readonly matched: number
}

/** True for a row whose prompt has the word of a parameter. */
function has(at: number, indexed: boolean): string {
  return indexed ? `hasAnyTokens(lowerUTF8(prompt), [{w${at}:String}])` : `hasToken(lowerUTF8(prompt), {w${at}:String})`
}

/** The words' values, by the names of their parameters. */
function bound(words: readonly { readonly word: string; readonly at: number }[]): Record<string, string> {
  return Object.fromEntries(words.map(({ word, at }) => [`w${at}`, word]))
}

async function countWords(
  { database, name }: KeywordTable,
  names: readonly string[],
  indexed: boolean,
  signal?: AbortSignal,
): Promise<Word[]> {
  // An index answers a word's count from its postings alone; without one, all words are counted in one pass.
  const counts = names.map((_, at) =>
    indexed ? `(SELECT count() FROM ${name} WHERE ${has(at, true)}) AS n${at}` : `countIf(${has(at, false)}) AS n${at}`,
  )
  const row = await database.row<Record<string, string | number>>(
    `SELECT (SELECT count() FROM ${name}) AS total, ${counts.join(', ')}${indexed ? '' : ` FROM ${name}`}`,
    { params: bound(names.map((word, at) => ({ word, at }))), ...(signal ? { signal } : {}) },
  )
  const total = Number(row?.total ?? 0)
  return names.map((word, at) => {
    const rows = Number(row?.[`n${at}`] ?? 0)
    return { word, at, rows, weight: Math.log(1 + (total - rows + 0.5) / (rows + 0.5)) }
  })
}

/**
 * Ranks the rows that have one of the rarest words, then those with the next rarer ones too, until no row without
 * them could come among the k best: what is left of the words would not suffice (the bound of MaxScore, Turtle and
 * Flood 1995). So nobody reads half of all prompts for an "a".
 */
async function rarestFirst(search: WordSearch): Promise<Ranked[]> {
  const words = search.words.filter(({ rows }) => rows > 0).sort((one, other) => one.rows - other.rows)
  let taken = 0
  for (let [most, sum] = [search.table.firstRows ?? 20_000, 0]; ; most *= 8) {
    for (let next = words[taken]; next && (taken === 0 || sum + next.rows <= most); next = words[taken]) {
      sum += next.rows
      taken += 1
    }
    if (taken === 0) return []
    const found = await rank(search, search.table.name, words.slice(0, taken))
    const left = words.slice(taken).reduce((rest, { weight }) => rest + weight, 0)
    const last = found[search.request.k - 1]?.score ?? 0
    if (taken === words.length || last > left + ROUNDING) return found
  }
}

/** Rows of `rowsOf` that have any of the `wanted` words, by all words; `filtered`: its rows went through the filter. */
async function rank(
  { table, request, words, indexed }: WordSearch,
  rowsOf: string,
  wanted: readonly Word[],
  filtered = false,
): Promise<Ranked[]> {
  const where = request.filter ? condition(request.filter, table.shape) : undefined
  const any = indexed
    ? 'hasAnyTokens(lowerUTF8(prompt), {words:Array(String)})'
    : `(${wanted.map(({ at }) => has(at, false)).join(' OR ')})`
  const rows = await table.database.rows<Record<keyof Ranked, string>>(
    `SELECT id, ${words.map(({ at, weight }) => `${has(at, indexed)} * ${weight.toFixed(6)}`).join(' + ')} AS score,
       ${words.map(({ at }) => has(at, indexed)).join(' + ')} AS matched
     FROM ${rowsOf} WHERE ${any}${where && !filtered ? ` AND (${where.sql})` : ''}
     ORDER BY score DESC, length(prompt), id LIMIT {k:UInt32}`,
    {
      params: {
        ...bound(words),
        ...(indexed ? { words: wanted.map(({ word }) => word) } : {}),
        ...where?.params,
        k: request.k,
        candidates: request.k * TEXT_SEARCH_CANDIDATES,
      },
      ...(request.signal ? { signal: request.signal } : {}),
    },
  )
  return rows.map(({ id, score, matched }) => ({ id, score: Number(score), matched: Number(matched) }))
}

function byTextSearch(search: WordSearch): Promise<Ranked[]> {
  const { table, request, words } = search
  const where = request.filter ? condition(request.filter, table.shape).sql : undefined
  const names = words.map(({ word }) => word)
  const rows = textSearchRows(table.name, { words: names, columns: ['id', 'prompt'], where })
  return rank(search, rows, words, true)
}

/** The wanted columns of ranked rows: read for these alone, as a vector is two kilobytes. */
async function withColumns(
  { database, name, shape }: KeywordTable,
  { columns = shape.columns.filter((column) => column !== shape.vector), signal }: KeywordRequest,
  ranking: readonly Ranked[],
): Promise<KeywordHit[]> {
  if (ranking.length === 0) return []
  const rows = await database.rows<{ id: string }>(
    `SELECT ${[...new Set(['id', ...columns])].join(', ')} FROM ${name} WHERE id IN {ids:Array(String)}`,
    { params: { ids: ranking.map(({ id }) => id) }, ...(signal ? { signal } : {}) },
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  // A row that went since it was ranked is none.
  return ranking.flatMap(({ id, ...found }) => {
    const row = byId.get(id)
    return row ? [{ ...tidy(row), ...found }] : []
  })
}

/** Distinct words in lower case, split as the index splits: at everything in ASCII that is no letter or digit. */
function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z0-9\u0080-\u{10ffff}]+/gu) ?? []
  return [...new Set(words)].slice(0, MOST_WORDS)
}

function tidy<Row extends object>(row: Row): Row {
  const { width, height } = row as { width?: unknown; height?: unknown }
  return {
    ...row,
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(height === undefined ? {} : { height: Number(height) }),
  }
}
