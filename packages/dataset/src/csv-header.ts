import { distance } from 'fastest-levenshtein'
import type { CsvPosition } from './csv-file.ts'
import { DatasetError } from './dataset-error.ts'

/** Where each wanted column stands in a record. */
export interface CsvBinding<Name extends string> {
  /** Names as the file has them, without surrounding blanks. */
  readonly header: readonly string[]
  /** Field number by column; -1 for a column that was said not to be there. */
  readonly field: Readonly<Record<Name, number>>
}

/** Names of the columns by the names they go by in the file; null for a column that the file doesn't have. */
export type CsvNames<Name extends string> = Readonly<Record<Name, string | null>>

/**
 * Binds columns by name to the fields of a file's first record. Other columns, such as the unnamed index that pandas
 * writes, are passed over.
 * @param file how messages name the file.
 * @throws DatasetError when a column is missing or there twice, or when the text isn't UTF-8.
 */
export function bindHeader<Name extends string>(
  { record, source, from, to }: Pick<CsvPosition, 'record' | 'source' | 'from' | 'to'>,
  names: CsvNames<Name>,
  file: string,
): CsvBinding<Name> {
  checkEncoding(source.subarray(from, to), file)
  if (record.flaw)
    throw new DatasetError('bad_csv', `${file}: the first line is not a CSV header: it has ${record.flaw}.`)
  const header = Array.from({ length: record.fields }, (_, field) => record.text(source, field))
  const trimmed = header.map((name) => name.trim())
  const bound = Object.entries<string | null>(names).map(([name, column]) => [name, position(trimmed, column, file)])
  return { header: trimmed, field: Object.fromEntries(bound) }
}

function position(header: readonly string[], column: string | null, file: string): number {
  if (column === null) return -1
  const found = header.indexOf(column)
  if (found < 0) throw missing(header, column, file)
  if (header.indexOf(column, found + 1) >= 0) {
    throw new DatasetError('bad_csv', `${file} has two columns called ${column}; rename one of them.`)
  }
  return found
}

function missing(header: readonly string[], column: string, file: string): DatasetError {
  const named = header.filter((name) => name !== '')
  const nearest = named.toSorted((a, b) => distance(a.toLowerCase(), column) - distance(b.toLowerCase(), column))[0]
  const close = nearest !== undefined && distance(nearest.toLowerCase(), column) <= Math.ceil(column.length / 2)
  const hint = close ? ` The nearest is "${nearest}".` : ''
  const shown = named.slice(0, 20).map((name) => `"${name.slice(0, 60)}"`)
  const found = shown.length === 0 ? 'no names at all' : shown.join(', ')
  return new DatasetError('bad_csv', `${file} has no column "${column}"; its first line has ${found}.${hint}`)
}

function checkEncoding(bytes: Buffer, file: string): void {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new DatasetError('bad_csv', `${file} is encoded as UTF-16; save it as UTF-8.`)
  }
}
