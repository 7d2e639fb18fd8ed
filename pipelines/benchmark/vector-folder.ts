import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { UserError } from '@promptloom/runner/errors'
import type { Database } from '@promptloom/store/database'
import { quote } from '@promptloom/store/embedded-engine'
import { StatementError } from '@promptloom/store/store-error'
import type { VectorFile } from './vector-file.ts'

/** Files of the rows, whole or in pieces, in their order or shuffled; ids say which is which. */
const ROWS = /^(?:shuffle_)?train(?:-\d+-of-\d+)?\.parquet$/

/** True for a folder in the form of VectorDBBench, as far as its names go. */
export function isVectorFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

/**
 * A data set in the form of VectorDBBench (Parquet): `train.parquet`, `shuffle_train.parquet` or pieces of them (`id`,
 * `emb`), `test.parquet` (`id`, `emb`) and `neighbors.parquet` (`id` of the question, `neighbors_id`, nearest first).
 * Read by the embedded engine. The form names no metric and no distances: both are found out by who measures.
 * https://github.com/zilliztech/VectorDBBench#custom-dataset
 * @throws UserError when a file is missing, damaged or without these columns, or ids of rows are not 0, 1, 2 …
 */
export async function openVectorFolder(path: string, database: Database): Promise<VectorFile> {
  try {
    return await read(path, database)
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    throw new UserError(
      `${path} can't be read; train and test must be Parquet with id and emb, and neighbors with id and neighbors_id. ${error.message.replace(/\s+/g, ' ')}`,
      { cause: error },
    )
  }
}

async function read(path: string, database: Database): Promise<VectorFile> {
  if (/[*?{}]/.test(path)) {
    throw new UserError(
      `${path} has a *, ?, { or } in its name, which the engine takes for a pattern; rename the folder.`,
    )
  }
  const rowFiles = readdirSync(path).filter((name) => ROWS.test(name))
  const shuffled = rowFiles.filter((name) => name.startsWith('shuffle_'))
  // Where both are there they hold the same rows.
  const trains = shuffled.length > 0 && shuffled.length < rowFiles.length ? shuffled : rowFiles
  for (const name of [...(trains.length === 0 ? ['train.parquet'] : []), 'test.parquet', 'neighbors.parquet']) {
    if (!existsSync(join(path, name))) {
      throw new UserError(
        `${path} has no ${name}; the form of VectorDBBench has train.parquet, test.parquet and neighbors.parquet.`,
      )
    }
  }
  const source = (names: readonly string[]) =>
    `file(${quote(join(path, names.length === 1 ? (names[0] as string) : `{${names.join(',')}}`))}, 'Parquet')`
  const facts = await database.row<Record<'rows' | 'different' | 'first' | 'last' | 'shortest' | 'dimension', string>>(
    `SELECT count() AS rows, groupBitmap(toUInt64(id)) AS different, min(id) AS first, max(id) AS last,
       min(length(emb)) AS shortest, max(length(emb)) AS dimension FROM ${source(trains)}`,
  )
  const rows = Number(facts?.rows ?? 0)
  if (Number(facts?.first) !== 0 || Number(facts?.last) !== rows - 1) {
    throw new UserError(
      `The ids of the ${rows} rows in ${path} go from ${facts?.first} to ${facts?.last}; they must be 0 to ${rows - 1}, each once.`,
    )
  }
  if (Number(facts?.different) !== rows) {
    throw new UserError(
      `The ${rows} rows in ${path} have ${facts?.different} different ids; they must be 0 to ${rows - 1}, each once.`,
    )
  }
  const dimension = Number(facts?.dimension)
  if (Number(facts?.shortest) !== dimension) {
    throw new UserError(`Vectors in ${path} have ${facts?.shortest} to ${dimension} components; all must have as many.`)
  }
  const questions = await vectors(database, { source: source(['test.parquet']), where: '1', dimension })
  const neighbours = await database.rows<{ ids: (string | number)[] }>(
    `SELECT neighbors_id AS ids FROM ${source(['neighbors.parquet'])} ORDER BY id`,
  )
  if (neighbours.length !== questions.length / dimension) {
    throw new UserError(
      `${path} has ${questions.length / dimension} questions in test.parquet and ${neighbours.length} answers in neighbors.parquet.`,
    )
  }
  return {
    rows,
    dimension,
    distance: 'unnamed',
    questions: Array.from(neighbours, (_, at) => questions.slice(at * dimension, (at + 1) * dimension)),
    neighbours: neighbours.map(({ ids }) => Int32Array.from(ids, Number)),
    distances: [],
    rowsBetween: (from, to) =>
      vectors(database, { source: source(trains), where: `id >= ${from} AND id < ${to}`, dimension }),
    [Symbol.dispose]: () => undefined,
  }
}

/** Vectors in the order of their ids, one after the other. */
async function vectors(
  database: Database,
  { source, where, dimension }: { source: string; where: string; dimension: number },
): Promise<Float32Array> {
  // As bytes: a million numbers as text would take longer than the search that they are for.
  const rows = await buffer(
    await database.bytes(
      `SELECT CAST(emb, 'Array(Float32)') FROM ${source} WHERE ${where} ORDER BY id FORMAT RowBinary`,
    ),
  )
  return decodeArrays(rows, dimension)
}

/** ClickHouse's RowBinary of one column of arrays: each has its length as LEB128 before its values. */
function decodeArrays(bytes: Buffer, dimension: number): Float32Array {
  const prefix = leb128Bytes(dimension)
  const stride = prefix + dimension * 4
  if (bytes.length % stride !== 0) throw new UserError(`Not every vector has ${dimension} components.`)
  const count = bytes.length / stride
  const flat = new Float32Array(count * dimension)
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < dimension; at++) {
      flat[row * dimension + at] = bytes.readFloatLE(row * stride + prefix + at * 4)
    }
  }
  return flat
}

function leb128Bytes(value: number): number {
  return value < 128 ? 1 : 1 + leb128Bytes(Math.floor(value / 128))
}
