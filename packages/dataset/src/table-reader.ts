import { openAsBlob } from 'node:fs'
import { type Data, type Float32, type List, type Table, tableFromIPC, type Utf8, type Vector } from 'apache-arrow'
import * as parquet from 'parquet-wasm'
import { DatasetError } from './dataset-error.ts'
import { arrowType, type Columns, type ColumnType, describeType, type TableSchema } from './table-schema.ts'

/** A batch of rows as columns, with the number of its first row in the file. */
export interface TableBatch<S extends TableSchema> {
  readonly columns: Columns<S>
  readonly rows: number
  readonly firstRow: number
}

/** An open Parquet file; only its footer is in memory until rows are asked for. */
export interface TableReader<S extends TableSchema> extends Disposable {
  readonly rows: number
  /** Rows of each row group. */
  readonly rowGroups: readonly number[]
  /** Reads one row group, and nothing else of the file. */
  rowGroup(index: number): Promise<TableBatch<S>>
  /** All rows in order, one row group at a time. */
  batches(): AsyncGenerator<TableBatch<S>>
}

/**
 * Opens a Parquet file and reads the columns of `schema` from it; other columns stay unread.
 * @throws DatasetError when the file is not Parquet, lacks a column, or stores it in another type.
 */
export async function openTable<S extends TableSchema>(path: string, schema: S): Promise<TableReader<S>> {
  const file = await openParquet(path)
  const metadata = file.metadata()
  const groups = metadata.rowGroups()
  const rowGroups = groups.map((group) => group.numRows())
  for (const group of groups) group.free()
  metadata.free()
  checkColumns(path, file, schema)
  const firstRows = rowGroups.map((_, index) => rowGroups.slice(0, index).reduce((sum, rows) => sum + rows, 0))
  const rowGroup = async (index: number): Promise<TableBatch<S>> => {
    const rows = rowGroups[index]
    if (rows === undefined) throw new RangeError(`${path} has ${rowGroups.length} row groups, no number ${index}`)
    const table = await readGroup(path, file, { rowGroups: [index], columns: Object.keys(schema), batchSize: rows })
    return { columns: columnsOf(path, table, schema), rows, firstRow: firstRows[index] as number }
  }
  return {
    rows: rowGroups.reduce((sum, rows) => sum + rows, 0),
    rowGroups,
    rowGroup,
    async *batches() {
      for (let index = 0; index < rowGroups.length; index++) yield rowGroup(index)
    },
    [Symbol.dispose]: () => file.free(),
  }
}

/** Reads all rows of a Parquet file at once. See `openTable`. */
export async function readTable<S extends TableSchema>(path: string, schema: S): Promise<TableBatch<S>> {
  using table = await openTable(path, schema)
  if (table.rowGroups.length === 1) return await table.rowGroup(0)
  const batches: TableBatch<S>[] = []
  for await (const batch of table.batches()) batches.push(batch)
  const names = Object.keys(schema) as (keyof S & string)[]
  const columns = Object.fromEntries(
    names.map((name) => [
      name,
      concatenate(
        schema[name] as ColumnType,
        batches.map((batch) => batch.columns[name]),
      ),
    ]),
  )
  return { columns: columns as Columns<S>, rows: table.rows, firstRow: 0 }
}

async function openParquet(path: string): Promise<parquet.ParquetFile> {
  try {
    return await parquet.ParquetFile.fromFile(await openAsBlob(path))
  } catch (error) {
    throw new DatasetError('bad_table', `${path} cannot be read as Parquet: ${reason(error)}.`, error)
  }
}

async function readGroup(path: string, file: parquet.ParquetFile, options: parquet.ReaderOptions): Promise<Table> {
  try {
    return tableFromIPC((await file.read(options)).intoIPCStream())
  } catch (error) {
    throw new DatasetError('bad_table', `${path} is damaged: ${reason(error)}.`, error)
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function checkColumns(path: string, file: parquet.ParquetFile, schema: TableSchema): void {
  const found = tableFromIPC(file.schema().intoIPCStream()).schema
  for (const [name, type] of Object.entries(schema)) {
    const field = found.fields.find((one) => one.name === name)
    if (!field) {
      const names = found.fields.map((one) => one.name).join(', ')
      throw new DatasetError('bad_table', `${path} has no column ${name}; it has ${names}.`)
    }
    if (String(field.type) !== String(arrowType(type))) {
      const message = `${path}: column ${name} is ${field.type} where ${describeType(type)} was expected.`
      throw new DatasetError('bad_table', message)
    }
  }
}

function columnsOf<S extends TableSchema>(path: string, table: Table, schema: S): Columns<S> {
  const columns = Object.entries(schema).map(([name, type]) => {
    const vector = table.getChild(name) as Vector
    if (vector.nullCount > 0) throw new DatasetError('bad_table', `${path}: column ${name} has nulls.`)
    return [
      name,
      concatenate(
        type,
        table.batches.map((batch) => valuesOf(type, batch.getChild(name) as Vector)),
      ),
    ]
  })
  return Object.fromEntries(columns)
}

function valuesOf(type: ColumnType, vector: Vector): unknown {
  if (typeof type === 'object') {
    const data = vector.data[0] as Data
    return (data.children[0] as Data<Float32>).values.subarray(0, vector.length * type.vector)
  }
  if (type === 'strings') return lists(vector.data[0] as Data<List<Utf8>>)
  if (type === 'string') return texts(vector.data[0] as Data<Utf8>)
  if (type === 'boolean') return [...vector]
  return vector.toArray()
}

/** Decoded here and not by Arrow, whose decoder drops a byte-order mark at the beginning of a text. */
function texts({ length, valueOffsets, values }: Data<Utf8>): string[] {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return Array.from({ length }, (_, row) => bytes.toString('utf8', valueOffsets[row], valueOffsets[row + 1]))
}

function lists({ length, valueOffsets, children }: Data<List<Utf8>>): string[][] {
  const all = texts(children[0] as Data<Utf8>)
  return Array.from({ length }, (_, row) => all.slice(valueOffsets[row], valueOffsets[row + 1]))
}

function concatenate(type: ColumnType, parts: readonly unknown[]): unknown {
  if (parts.length === 1) return parts[0]
  if (type === 'string' || type === 'boolean' || type === 'strings') return (parts as unknown[][]).flat()
  const arrays = parts as Float32Array[]
  const empty = { uint8: Uint8Array, uint32: Uint32Array, float64: Float64Array, float32: Float32Array }
  const joined = new empty[typeof type === 'object' ? 'float32' : type](arrays.reduce((n, one) => n + one.length, 0))
  let at = 0
  for (const one of arrays) {
    joined.set(one, at)
    at += one.length
  }
  return joined
}
