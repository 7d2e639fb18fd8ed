import { type Data, makeData, RecordBatch, Struct, Utf8 } from 'apache-arrow'
import { DatasetError } from './dataset-error.ts'
import {
  arrowSchema,
  arrowType,
  type Columns,
  type ColumnType,
  describeType,
  type TableSchema,
} from './table-schema.ts'

/**
 * Packs columns into one Arrow record batch. Numeric and vector columns are used as they are, without a copy.
 * @throws DatasetError when columns have different numbers of rows, or a vector column isn't a multiple of its length.
 */
export function recordBatch<S extends TableSchema>(schema: S, columns: Columns<S>): RecordBatch {
  const arrow = arrowSchema(schema)
  let rows: number | undefined
  const children = Object.entries(schema).map(([name, type]) => {
    const values = columns[name] as unknown
    const data = columnData(name, type, values)
    if (rows !== undefined && data.length !== rows) {
      throw new DatasetError('bad_columns', `Column ${name} has ${data.length} rows where ${rows} were expected.`)
    }
    rows = data.length
    return data
  })
  return new RecordBatch(arrow, makeData({ type: new Struct(arrow.fields), length: rows ?? 0, nullCount: 0, children }))
}

function columnData(name: string, type: ColumnType, values: unknown): Data {
  if (typeof type === 'object') return vectorData(name, type, values as Float32Array)
  switch (type) {
    case 'string':
      return stringData(values as readonly string[])
    case 'strings':
      return stringListData(values as readonly (readonly string[])[])
    case 'boolean':
      return booleanData(values as readonly boolean[])
    default:
      return numberData(name, type, values)
  }
}

function numberData(name: string, type: ColumnType, values: unknown): Data {
  const wanted = { uint8: Uint8Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array }[
    type as 'uint8' | 'uint32' | 'float32' | 'float64'
  ]
  if (!(values instanceof wanted)) {
    throw new DatasetError('bad_columns', `Column ${name} must be a ${wanted.name} to be stored as ${type as string}.`)
  }
  return makeData({ type: arrowType(type), length: values.length, nullCount: 0, data: values } as never)
}

function vectorData(name: string, type: { readonly vector: number }, values: Float32Array): Data {
  if (!(values instanceof Float32Array) || values.length % type.vector !== 0) {
    throw new DatasetError(
      'bad_columns',
      `Column ${name} must be a flat Float32Array of whole vectors (${describeType(type)}), not ${values?.length} components.`,
    )
  }
  const child = makeData({ type: arrowType('float32'), length: values.length, nullCount: 0, data: values } as never)
  return makeData({ type: arrowType(type), length: values.length / type.vector, nullCount: 0, child } as never)
}

function stringData(values: readonly string[]): Data<Utf8> {
  const offsets = new Int32Array(values.length + 1)
  let bytes = 0
  for (let row = 0; row < values.length; row++) {
    bytes += Buffer.byteLength(values[row] as string)
    offsets[row + 1] = bytes
  }
  const data = Buffer.allocUnsafeSlow(bytes)
  for (let row = 0; row < values.length; row++) data.write(values[row] as string, offsets[row] as number)
  return makeData({ type: new Utf8(), length: values.length, nullCount: 0, valueOffsets: offsets, data })
}

function stringListData(values: readonly (readonly string[])[]): Data {
  const offsets = new Int32Array(values.length + 1)
  for (let row = 0; row < values.length; row++) offsets[row + 1] = (offsets[row] as number) + (values[row]?.length ?? 0)
  const child = stringData(values.flat())
  return makeData({
    type: arrowType('strings'),
    length: values.length,
    nullCount: 0,
    valueOffsets: offsets,
    child,
  } as never)
}

function booleanData(values: readonly boolean[]): Data {
  const bits = new Uint8Array(Math.ceil(values.length / 8))
  for (let row = 0; row < values.length; row++) {
    if (values[row]) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7))
  }
  return makeData({ type: arrowType('boolean'), length: values.length, nullCount: 0, data: bits } as never)
}
