import { open } from 'node:fs/promises'
import { PICTURE_SCHEMA, type PictureRow } from './picture-table.ts'
import { readPlace } from './picture-tar.ts'
import { readTable } from './table-reader.ts'
import { rowsFromColumns } from './table-rows.ts'

/** The committed pictures of one shard: its table in memory, its archive open. */
export interface PictureShard extends AsyncDisposable {
  /** One row for every row that came in, in its order; see `PICTURE_SCHEMA`. */
  readonly rows: readonly PictureRow[]
  /** The stored picture's bytes (JPEG, WebP, PNG or GIF); undefined for a row without one. */
  read(row: PictureRow): Promise<Buffer | undefined>
  /** Rows that have a picture, duplicates included, with its bytes, in order; one picture in memory at a time. */
  pictures(): AsyncGenerator<{ readonly row: PictureRow; readonly bytes: Buffer }>
}

/**
 * Opens one shard of pictures. Throws when one of the files is missing or no shard of pictures.
 *
 * @param tablePath `<shard>.parquet`. @param tarPath `<shard>.tar`.
 */
export async function openPictureShard(tablePath: string, tarPath: string): Promise<PictureShard> {
  const table = await readTable(tablePath, PICTURE_SCHEMA)
  const rows = rowsFromColumns(PICTURE_SCHEMA, table.columns, table.rows)
  const file = await open(tarPath)
  const read = async (row: PictureRow) => (row.length === 0 ? undefined : readPlace(file, row))
  return {
    rows,
    read,
    async *pictures() {
      for (const row of rows) {
        const bytes = await read(row)
        if (bytes) yield { row, bytes }
      }
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}
