import type { IndexRegistry, RegisteredIndex } from './index-registry.ts'
import type { Profile } from './profile.ts'
import { Refusal } from './refusal.ts'
import { bareName, closing, contents, find, items, type Token } from './tokenizer.ts'
import { dimensionOf, tableAt, typeOf } from './vector-ddl.ts'

/** What a search is checked and rewritten with. */
export interface DistanceContext {
  readonly registry: IndexRegistry
  readonly profile: Profile
  readonly settings: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
}

/** A search as chDB can run it, and the settings it needs there. */
export interface RewrittenSearch {
  readonly sql: string
  readonly settings: Readonly<Record<string, string | number>>
}

const AGGREGATES = /^(sum|avg|min|max|count|any|groupArray|uniq|uniqExact|quantile|median)$/i
/** HNSW's ef that stands for each whole alpha. */
const EFFORT = [32, 32, 64, 128, 256]

/** Checks a `distance()` search as MyScale does and turns it into one for chDB; undefined where there is none. */
export async function rewriteDistance(
  tokens: readonly Token[],
  sql: string,
  context: DistanceContext,
): Promise<RewrittenSearch | undefined> {
  const at = tokens.findIndex((token, index) => /^distance$/i.test(token.text) && tokens[index + 1]?.text === '(')
  if (at < 0) return undefined
  const first = closing(tokens, at + 1)
  const parametric = tokens[first + 1]?.text === '('
  const open = parametric ? first + 1 : at + 1
  const close = closing(tokens, open)
  const call = items(tokens, open)
  if (call.length !== 2) throw bad(`wrong argument number in distance function: ${call.length}, expected 2`)
  checkPlace(tokens, at, context.profile)

  const column = bareName(tokens[call[0]?.[0] as number]?.text ?? '')
  const table = tableAt(tokens, find(tokens, ['FROM']) + 1)
  if ((await typeOf(table, column, context.registry)) === undefined) {
    throw new Refusal(47, 'UNKNOWN_IDENTIFIER', `There is no column '${column}' in table '${table.name}'`)
  }
  const dimension = (await dimensionOf(table, column, context.registry)) ?? 0
  const vector = queryVector(tokens, call[1] as [number, number], sql, context.params)
  checkVector(vector, dimension)
  const index = (await context.registry.of(table.database, table.name)).find((one) => one.column === column)
  const alpha = parametric ? checkArguments(tokens, at + 1, index?.type ?? 'MSTG') : 3
  const metric = index?.metric ?? 'L2'
  checkOrder(tokens, metric)
  checkWindow(tokens, context)

  const expression = {
    COSINE: `cosineDistance(${column}, ${vector})`,
    L2: `L2SquaredDistance(${column}, ${vector})`,
    IP: `dotProduct(${column}, ${vector})`,
  }[metric]
  const rewritten = sql.slice(0, tokens[at]?.start) + expression + sql.slice(tokens[close]?.end)
  const parts = index ? await context.registry.parts(index) : []
  const seen = context.settings.enable_brute_force_vector_search === '1' ? undefined : parts.filter((one) => one.built)
  return {
    sql: seen
      ? onlyParts(
          rewritten,
          seen.map((one) => one.part),
        )
      : rewritten,
    settings: {
      hnsw_candidate_list_size_for_search: EFFORT[Math.round(alpha)] ?? 128,
      vector_search_filter_strategy: 'prefilter',
      vector_search_with_rescoring: 1,
    },
  }
}

/** Rows of parts that have no index are silently not there: what brute force turned off does. */
function onlyParts(sql: string, parts: readonly string[]): string {
  const condition = parts.length === 0 ? '0' : `_part IN (${parts.map((part) => `'${part}'`).join(', ')})`
  if (/\bWHERE\b/i.test(sql))
    return sql.replace(/\bWHERE\b([\s\S]*?)\bORDER\s+BY\b/i, `WHERE (${condition}) AND ($1) ORDER BY`)
  return sql.replace(/\bORDER\s+BY\b/i, `WHERE ${condition} ORDER BY`)
}

function queryVector(
  tokens: readonly Token[],
  [from, to]: [number, number],
  sql: string,
  params: Readonly<Record<string, string>>,
): string {
  if (tokens[from]?.text !== '{') return sql.slice(tokens[from]?.start, tokens[to - 1]?.end)
  const value = params[tokens[from + 1]?.text ?? ''] ?? ''
  // A bound array says its type, so whole numbers are fine.
  return `[${value
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((one) => (/[.eE]/.test(one) ? one : `${one}.0`))
    .join(',')}]`
}

function checkVector(vector: string, dimension: number): void {
  const numbers = vector.replace(/^\[|\]$/g, '').split(',')
  if (!numbers.some((one) => /[.eE]/.test(one))) {
    throw new Refusal(
      49,
      'LOGICAL_ERROR',
      'Wrong query column type, expect Float32 or Float64 inside Array() in distance function',
    )
  }
  if (dimension === 0) {
    throw new Refusal(
      49,
      'LOGICAL_ERROR',
      'wrong dimension for Float32 Vector: 0, please check length constraint on search column',
    )
  }
  if (numbers.length !== dimension) {
    throw new Refusal(
      49,
      'LOGICAL_ERROR',
      `Dimension is not equal: query: ${numbers.length} vs search column: ${dimension}`,
    )
  }
}

function checkArguments(tokens: readonly Token[], open: number, type: string): number {
  let alpha = 3
  for (const [at] of items(tokens, open)) {
    const [key = '', value = ''] = contents(tokens[at]?.text ?? '')
      .replace(/\s/g, '')
      .split('=')
    if (!['alpha', 'metric_type'].includes(key)) {
      throw bad(
        `Unsupported vector search argument \`${key}\` on vector index \`${type}\`, supported arguments is [alpha,metric_type]`,
      )
    }
    if (key === 'alpha') alpha = Number(value)
    if (!(alpha >= 1 && alpha <= 4)) throw bad('Value for parameter `alpha` range needs to be 1~4')
  }
  return alpha
}

function checkPlace(tokens: readonly Token[], at: number, profile: Profile): void {
  if (find(tokens, ['LIMIT']) < 0)
    throw new Refusal(62, 'SYNTAX_ERROR', 'Not support distance function without LIMIT N clause')
  if (find(tokens, ['ORDER', 'BY']) < 0)
    throw new Refusal(62, 'SYNTAX_ERROR', 'Not support distance function without ORDER BY clause')
  if (tokens.some((token) => /^TextSearch$/i.test(token.text))) {
    throw new Refusal(48, 'NOT_IMPLEMENTED', 'Only support multiple distance functions in one query now')
  }
  if (tokens[at - 1]?.text === '(' && AGGREGATES.test(tokens[at - 2]?.text ?? '')) {
    throw new Refusal(
      profile.illegalVectorScan,
      'ILLEGAL_VECTOR_SCAN',
      'Vector Scan function distance is found inside an aggregate function in query',
    )
  }
}

function checkOrder(tokens: readonly Token[], metric: RegisteredIndex['metric']): void {
  const descending = find(tokens, ['DESC'], find(tokens, ['ORDER', 'BY'])) >= 0
  const right = metric === 'IP' ? 'DESC' : 'ASC'
  if (descending === (right === 'DESC')) return
  throw new Refusal(
    62,
    'SYNTAX_ERROR',
    `The results returned by the distance function should be ordered by \`${right}\` when the metric type is ${metric}`,
  )
}

function checkWindow(tokens: readonly Token[], { settings }: DistanceContext): void {
  const offset = find(tokens, ['OFFSET'])
  if (offset < 0) return
  const window = Number(settings.max_search_result_window ?? 10_000)
  const k = Number(tokens[find(tokens, ['LIMIT']) + 1]?.text) + Number(tokens[offset + 1]?.text)
  if (k > window) throw bad(`Sum of m and n in limit (${k}) should not exceed \`max_search_result_window\`(${window})`)
}

function bad(message: string): Refusal {
  return new Refusal(36, 'BAD_ARGUMENTS', message)
}
