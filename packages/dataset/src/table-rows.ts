import type { Columns, ColumnType, TableSchema } from './table-schema.ts'

/** What one column holds in one row; vectors have no row form. */
type Cell<T extends ColumnType> = T extends 'string'
  ? string
  : T extends 'boolean'
    ? boolean
    : T extends 'strings'
      ? readonly string[]
      : number

/** One row of a table without vector columns. */
export type TableRow<S extends TableSchema> = { readonly [K in keyof S]: Cell<S[K]> }

const NUMBERS = { uint8: Uint8Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array }

/** Turns rows into the columns that are written. */
export function columnsFromRows<S extends TableSchema>(schema: S, rows: readonly TableRow<S>[]): Columns<S> {
  const columns = Object.entries(schema).map(([name, type]) => {
    const cells = rows.map((row) => row[name as keyof S])
    const array = NUMBERS[type as keyof typeof NUMBERS]
    return [name, array ? array.from(cells as unknown as number[]) : cells]
  })
  return Object.fromEntries(columns)
}

/** Turns columns that were read into rows, in the same order. */
export function rowsFromColumns<S extends TableSchema>(schema: S, columns: Columns<S>, rows: number): TableRow<S>[] {
  const names = Object.keys(schema) as (keyof S & string)[]
  return Array.from(
    { length: rows },
    (_, row) =>
      Object.fromEntries(names.map((name) => [name, (columns[name] as ArrayLike<unknown>)[row]])) as TableRow<S>,
  )
}
