import { DatasetError } from './dataset-error.ts'
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
/** Largest value of each type of whole numbers. */
const LARGEST: Readonly<Record<string, number>> = { uint8: 0xff, uint32: 0xffff_ffff }

/**
 * Turns rows into the columns that are written.
 * @throws DatasetError for a number that its column's type cannot hold: it would be stored as another.
 */
export function columnsFromRows<S extends TableSchema>(schema: S, rows: readonly TableRow<S>[]): Columns<S> {
  const columns = Object.entries(schema).map(([name, type]) => {
    const cells = rows.map((row) => row[name as keyof S])
    const array = NUMBERS[type as keyof typeof NUMBERS]
    checkRange(name, type, cells)
    return [name, array ? array.from(cells as unknown as number[]) : cells]
  })
  return Object.fromEntries(columns)
}

function checkRange(name: string, type: ColumnType, cells: readonly unknown[]): void {
  const largest = typeof type === 'string' ? LARGEST[type] : undefined
  if (largest === undefined) return
  const row = cells.findIndex(
    (cell) => !(Number.isInteger(cell) && (cell as number) >= 0 && (cell as number) <= largest),
  )
  if (row < 0) return
  throw new DatasetError(
    'bad_columns',
    `Row ${row} has ${name} ${cells[row]}, which a column of ${type} cannot hold; it takes whole numbers from 0 to ${largest}.`,
  )
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
