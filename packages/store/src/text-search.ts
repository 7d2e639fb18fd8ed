import type { Capabilities } from './capabilities.ts'
import type { Database } from './database.ts'

/** Name of the index of prompts by their words, in the migrations of every engine. */
const INDEX = 'prompt_words'

/**
 * Rows that are taken from TextSearch for each row wanted: it ranks by BM25 with the length of prompts, we by the
 * rarity of words alone, so that the order is the same on every engine.
 */
export const TEXT_SEARCH_CANDIDATES = 4

/** True on a MyScale that has TextSearch (1.5 or newer): one of its settings is there. */
export function hasTextSearch({ settings, vectorTables }: Capabilities): boolean {
  return vectorTables && settings.has('hybrid_search_fusion_weight')
}

/**
 * True when a table has the index that TextSearch needs and no part of it is still to be built; until then rows would
 * silently be missing. `table` goes with its database.
 */
export async function textSearchReady(
  database: Database,
  table: string,
  system: (name: string) => string,
): Promise<boolean> {
  const [own, name] = table.split('.')
  const row = await database.row<{ indexes: string; building: string }>(
    `SELECT (SELECT count() FROM ${system('data_skipping_indices')}
       WHERE database = {database:String} AND table = {table:String} AND name = '${INDEX}' AND type = 'fts') AS indexes,
     (SELECT count() FROM ${system('mutations')}
       WHERE database = {database:String} AND table = {table:String} AND NOT is_done AND command LIKE '%MATERIALIZE INDEX ${INDEX}%') AS building`,
    { params: { database: own, table: name } },
  )
  return Number(row?.indexes ?? 0) > 0 && Number(row?.building ?? 0) === 0
}

/**
 * The rows that TextSearch ranks first, as a subquery: with `columns`, of those that `where` lets through. The words
 * are written out, as in the vendor's examples; they must be letters and digits in lower case, so that nothing in them
 * is an operator of its query language.
 */
export function textSearchRows(
  table: string,
  { words, columns, where }: { words: readonly string[]; columns: readonly string[]; where: string | undefined },
): string {
  return `(SELECT ${columns.join(', ')}, TextSearch(prompt, '${words.join(' ')}') AS relevance
     FROM ${table}${where ? ` WHERE ${where}` : ''} ORDER BY relevance DESC LIMIT {candidates:UInt32})`
}
