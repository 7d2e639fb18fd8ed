import {
  Bool,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  List,
  Schema,
  Uint8,
  Uint32,
  Utf8,
} from 'apache-arrow'

/** Type of a column: a scalar, a list of strings of any length, or a vector of exactly `vector` float32 components. */
export type ColumnType =
  | 'string'
  | 'boolean'
  | 'uint8'
  | 'uint32'
  | 'float32'
  | 'float64'
  | 'strings'
  | { readonly vector: number }

/** Columns by name, in the order in which they are stored. No column holds nulls. */
export type TableSchema = Readonly<Record<string, ColumnType>>

/** What a column's values are given and returned as; vectors lie one after the other in one flat array. */
export type ColumnValues<T extends ColumnType> = T extends 'string'
  ? readonly string[]
  : T extends 'strings'
    ? readonly (readonly string[])[]
    : T extends 'boolean'
      ? readonly boolean[]
      : T extends 'uint8'
        ? Uint8Array
        : T extends 'uint32'
          ? Uint32Array
          : T extends 'float64'
            ? Float64Array
            : Float32Array

/** The values of every column of a schema. All columns have the same number of rows. */
export type Columns<S extends TableSchema> = { readonly [K in keyof S]: ColumnValues<S[K]> }

/** The schema of Apache Arrow that stands for ours. */
export function arrowSchema(schema: TableSchema): Schema {
  return new Schema(Object.entries(schema).map(([name, type]) => new Field(name, arrowType(type), false)))
}

/** The Arrow type of a column; list elements are called `item` and are never null. */
export function arrowType(type: ColumnType): DataType {
  if (typeof type === 'object') return new FixedSizeList(type.vector, new Field('item', new Float32(), false))
  switch (type) {
    case 'string':
      return new Utf8()
    case 'strings':
      return new List(new Field('item', new Utf8(), false))
    case 'boolean':
      return new Bool()
    case 'uint8':
      return new Uint8()
    case 'uint32':
      return new Uint32()
    case 'float32':
      return new Float32()
    case 'float64':
      return new Float64()
  }
}

/** A column's type in words, for messages: `vector of 512`, `string`. */
export function describeType(type: ColumnType): string {
  return typeof type === 'object' ? `vector of ${type.vector}` : type
}
