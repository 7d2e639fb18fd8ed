/** What went wrong with a file of rows: its content, its shape, or the reading and writing of it. */
export type DatasetErrorKind = 'bad_table' | 'bad_columns' | 'bad_csv' | 'write_failed'

/** A file of rows that cannot be read or written as asked. The message names the file and the next step. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly kind: DatasetErrorKind
  /** 2 when the input is to blame and no retry will help, 1 for a failure of reading or writing. */
  readonly exitCode: 1 | 2

  constructor(kind: DatasetErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.exitCode = kind === 'bad_csv' ? 2 : 1
  }
}
