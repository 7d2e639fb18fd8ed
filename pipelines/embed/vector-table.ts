import type { Columns, TableSchema } from '@promptloom/dataset/table-schema'
import { createTableWriter } from '@promptloom/dataset/table-writer'

/** Vectors one after the other in one array, as a table takes them. */
export function flatVectors(vectors: readonly Float32Array[], dimension: number): Float32Array {
  const flat = new Float32Array(vectors.length * dimension)
  vectors.forEach((vector, row) => {
    flat.set(vector, row * dimension)
  })
  return flat
}

/** Rows that are encoded at a time: a few milliseconds of work, so that a whole shard doesn't hold up everything else. */
const SLICE = 512
/** Rows of a row group: ending one packs its texts in one go, which took 50 ms of this thread for a whole shard. */
const ROW_GROUP_ROWS = 8 * SLICE

/** Writes a table in slices, made by `columns` for a range of rows, and lets other work in between. */
export async function writeInSlices<S extends TableSchema>(
  path: string,
  schema: S,
  { rows, columns }: { readonly rows: number; readonly columns: (from: number, to: number) => Columns<S> },
): Promise<void> {
  await using writer = await createTableWriter(path, schema, { rowGroupRows: ROW_GROUP_ROWS })
  for (let from = 0; from < rows; from += SLICE) {
    await writer.write(columns(from, Math.min(rows, from + SLICE)))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await writer.close()
}
