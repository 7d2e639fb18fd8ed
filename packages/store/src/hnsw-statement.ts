import { type Capabilities, known } from './capabilities.ts'
import { vectorBase64 } from './query-vector.ts'
import type { IndexedStatement, IndexedTable, IndexQuestion } from './vector-index.ts'

/** What makes a search go through every row's own vector, on every version. */
export const EXACT_SETTINGS = { use_skip_indexes: 0 } as const

/**
 * What searches are sent with on the embedded engine alone, whose version we know: without its new analyzer, planning
 * takes 0.5 ms less (ClickHouse 26.7), and answers are the same.
 */
export const EMBEDDED_SETTINGS = { enable_analyzer: 0 } as const

/**
 * The question's vector as its bytes, written into the statement: parsed 1.5 ms faster than a list of 512 numbers, and
 * 0.4 ms faster than as a bound value. Base64's letters mean nothing in SQL.
 */
export function vectorLiteral(vector: ArrayLike<number>): string {
  return `reinterpret(base64Decode('${vectorBase64(vector)}'), 'Array(Float32)')`
}

/**
 * The search with ClickHouse's HNSW index. Candidates come from the index by its own coarse distances and are ranked
 * anew by the table's float32 vectors. The index is used only for this exact shape: one ORDER BY key, ascending, the
 * bare distance function, a LIMIT.
 */
export function hnswStatement(
  { asked, shape }: IndexedTable,
  question: IndexQuestion,
  { settings, own = {} }: Pick<Capabilities, 'settings'> & { readonly own?: IndexedStatement['settings'] },
): IndexedStatement {
  const { k, widening, where, columns } = question
  const sql = `SELECT ${columns.join(', ')}, cosineDistance(${shape.vector}, ${vectorLiteral(question.vector)}) AS distance
FROM ${asked}${where ? ` WHERE ${where.sql}` : ''} ORDER BY distance LIMIT {k:UInt32}`
  const wanted = {
    hnsw_candidate_list_size_for_search: Math.max(question.effort, k * widening),
    vector_search_with_rescoring: 1,
    vector_search_index_fetch_multiplier: widening,
    vector_search_filter_strategy: 'postfilter',
    max_limit_for_vector_search_queries: 10_000,
    allow_experimental_vector_similarity_index: 1,
  }
  return { sql, params: { ...where?.params, k }, settings: { ...known(wanted, settings), ...own } }
}
