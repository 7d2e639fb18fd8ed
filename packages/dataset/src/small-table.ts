/// <reference path="./parquetjs-lite.d.ts" />
import { readFile, writeFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
// The package is CommonJS without static export names: only its default import works in plain Node.
import parquetjs from 'parquetjs-lite'
import { DatasetError } from './dataset-error.ts'

/** Columns of a small table. `integer` holds whole numbers up to 2^53 - 1, larger ones are refused. */
export type SmallSchema = Readonly<Record<string, 'string' | 'integer' | 'number' | 'boolean'>>

/** A row of a small table. */
export type SmallRow<S extends SmallSchema> = {
  readonly [K in keyof S]: S[K] extends 'string' ? string : S[K] extends 'boolean' ? boolean : number
}

const TYPES = { string: 'UTF8', integer: 'INT_64', number: 'DOUBLE', boolean: 'BOOLEAN' }

/**
 * Writes a table of up to some ten thousand rows, such as rejects, ledgers and reports, by parquetjs-lite. The same
 * rows give the same bytes. Vectors and large tables belong to `writeTable`.
 * @throws DatasetError when a value doesn't fit its column or the file cannot be written.
 */
export async function writeSmallTable<S extends SmallSchema>(
  path: string,
  schema: S,
  rows: readonly SmallRow<S>[],
): Promise<void> {
  const fields = Object.entries(schema).map(([name, type]) => [name, { type: TYPES[type], compression: 'GZIP' }])
  // Written to memory first: the library loses track of failed writes, which then end the process.
  const chunks: Buffer[] = []
  const memory = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  // ClickHouse refuses the library's page index and its data pages of version 2.
  const options = { pageIndex: false, useDataPageV2: false, rowGroupSize: 10_000 }
  const writer = await parquetjs.ParquetWriter.openStream(
    new parquetjs.ParquetSchema(Object.fromEntries(fields)),
    memory,
    options,
  )
  for (const row of rows) {
    check(path, schema, row)
    await writer.appendRow({ ...row })
  }
  await writer.close()
  await writeFile(path, Buffer.concat(chunks)).catch((error) => {
    throw new DatasetError('write_failed', `Cannot write ${path}: ${error.message}.`, error)
  })
}

/**
 * Reads a small table back as rows.
 * @throws DatasetError when the file is no Parquet file, or has no such column.
 */
export async function readSmallTable<S extends SmallSchema>(path: string, schema: S): Promise<SmallRow<S>[]> {
  const rows: SmallRow<S>[] = []
  try {
    const reader = await parquetjs.ParquetReader.openBuffer(await readFile(path))
    const cursor = reader.getCursor()
    for (let row = await cursor.next(); row; row = await cursor.next()) rows.push(typedRow(schema, row))
    await reader.close()
  } catch (error) {
    // The library throws plain strings.
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatasetError('bad_table', `${path} cannot be read as a small table: ${reason}.`, error)
  }
  return rows
}

function typedRow<S extends SmallSchema>(schema: S, row: Record<string, unknown>): SmallRow<S> {
  const values = Object.entries(schema).map(([name, type]) => {
    const value = row[name]
    if (value === undefined) throw new Error(`there is no column ${name}`)
    return [name, type === 'integer' ? Number(value) : value]
  })
  return Object.fromEntries(values)
}

function check<S extends SmallSchema>(path: string, schema: S, row: SmallRow<S>): void {
  for (const [name, type] of Object.entries(schema)) {
    const value = row[name] as unknown
    const kind = typeof value
    const fits = type === 'integer' ? Number.isSafeInteger(value) : kind === type
    if (!fits) {
      throw new DatasetError('bad_columns', `${path}: ${name} is ${String(value)}, where ${type} was expected.`)
    }
  }
}
