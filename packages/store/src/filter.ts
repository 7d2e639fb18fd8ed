import { shareCondition } from './oracle.ts'
import { StoreUsageError } from './store-error.ts'
import { columnTypes, type TableShape } from './table-kind.ts'

/** How a column is compared with a value. `contains` and `starts-with` are for text, and ignore case. */
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'contains' | 'starts-with' | 'has'

/** A condition on the rows of a search; nests. */
export type Filter =
  | { readonly column: string; readonly is: Comparison; readonly value: FilterValue }
  /** Compares two columns, e.g. width with height for the orientation. */
  | { readonly column: string; readonly is: '<' | '=' | '>'; readonly other: string }
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter }
  /** Rows whose id another table has too, e.g. prompts with a picture; a `VectorTable`'s name. */
  | { readonly idIn: string }
  /** A fixed random share of the rows, 0 to 1, by the hash of their ids: for measuring how filters do. */
  | { readonly share: number }

/** A value to compare with; a list for `in`. */
export type FilterValue = string | number | boolean | readonly string[] | readonly number[]

/** A WHERE condition with its bound values. */
export interface Condition {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Columns that every table has beside those of its files. */
const LOAD_COLUMNS: Readonly<Record<string, string>> = {
  shard: 'String',
  shard_digest: 'String',
  run: 'String',
  created: 'DateTime',
}

/**
 * Turns a filter into SQL with every value bound, never pasted.
 * @throws StoreUsageError for a column that the table lacks, or a comparison that its type has not.
 */
export function condition(filter: Filter, shape: TableShape): Condition {
  const params: Record<string, unknown> = {}
  const bind = (value: unknown, type: string) => {
    const name = `f${Object.keys(params).length}`
    params[name] = value
    return `{${name}:${type}}`
  }
  return { sql: clause(filter, shape, bind), params }
}

type Bind = (value: unknown, type: string) => string

function clause(filter: Filter, shape: TableShape, bind: Bind): string {
  if ('all' in filter) return joined(filter.all, ' AND ', '1')
  if ('any' in filter) return joined(filter.any, ' OR ', '0')
  if ('not' in filter) return `NOT (${clause(filter.not, shape, bind)})`
  if ('idIn' in filter) return `id GLOBAL IN (SELECT id FROM ${tableName(filter.idIn)})`
  if ('share' in filter) return shareCondition(filter.share)
  const type = typeOf(filter.column, shape)
  if ('other' in filter) {
    typeOf(filter.other, shape)
    return `${filter.column} ${comparison(filter.is)} ${filter.other}`
  }
  return comparisonClause(filter, type, bind)

  function joined(parts: readonly Filter[], word: string, none: string): string {
    return parts.length === 0 ? none : parts.map((part) => `(${clause(part, shape, bind)})`).join(word)
  }
}

function comparisonClause(
  { column, is, value }: { column: string; is: Comparison; value: FilterValue },
  type: string,
  bind: Bind,
): string {
  if (is === 'has') {
    if (type !== 'Array(String)') throw new StoreUsageError(`"has" is for lists, and ${column} is no list.`)
    return `has(${column}, ${bind(value, 'String')})`
  }
  if (is === 'in') {
    if (!Array.isArray(value)) throw new StoreUsageError(`"in" takes a list of values for ${column}, got ${value}.`)
    return `${column} IN ${bind(value, `Array(${type})`)}`
  }
  if (is === 'contains') return `positionCaseInsensitiveUTF8(${textColumn(column, type)}, ${bind(value, 'String')}) > 0`
  if (is === 'starts-with') {
    return `startsWith(lowerUTF8(${textColumn(column, type)}), lowerUTF8(${bind(value, 'String')}))`
  }
  return `${column} ${comparison(is)} ${bind(value, type)}`
}

function tableName(name: string): string {
  if (/^\w+\.\w+$/.test(name)) return name
  throw new StoreUsageError(`"${name}" is no name of a table; database.table is.`)
}

function comparison(is: string): string {
  if (['=', '!=', '<', '<=', '>', '>='].includes(is)) return is
  throw new StoreUsageError(
    `"${is}" is no comparison; there are =, !=, <, <=, >, >=, in, contains, starts-with and has.`,
  )
}

function textColumn(column: string, type: string): string {
  if (type === 'String') return column
  throw new StoreUsageError(`${column} is no text: "contains" and "starts-with" are for text.`)
}

function typeOf(column: string, shape: TableShape): string {
  const type = shape.columns.includes(column) ? columnTypes[column] : LOAD_COLUMNS[column]
  if (type !== undefined && column !== shape.vector) return type
  const known = [...shape.columns.filter((name) => name !== shape.vector), ...Object.keys(LOAD_COLUMNS)]
  throw new StoreUsageError(
    `The ${shape.kind} table has no column "${column}" to filter by; it has ${known.join(', ')}.`,
  )
}
