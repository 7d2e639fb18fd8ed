import type { Store } from '@promptloom/store/store'
import type { VectorTable } from '@promptloom/store/vector-table'

/** Rows of a table by the digest of the model that embedded them. */
export async function rowsByModel(store: Store, table: VectorTable): Promise<Map<string, number>> {
  if ((await table.dimension()) === undefined) return new Map()
  const rows = await store.database.rows<{ model: string; rows: string }>(
    `SELECT model, count() AS rows FROM ${table.name} GROUP BY model ORDER BY rows DESC`,
  )
  return new Map(rows.map(({ model, rows: count }) => [model, Number(count)]))
}

/**
 * Vectors of up to `count` rows, row after row: those whose ids' hashes are smallest, which is a uniform sample that
 * stays the same while the table does.
 */
export async function sampleVectors(store: Store, table: VectorTable, count: number): Promise<Float32Array> {
  const rows = await sampleRows(store, table, { count, columns: [table.shape.vector] })
  const vectors = rows.map((row) => row[table.shape.vector] as number[])
  const dimension = vectors[0]?.length ?? 0
  const packed = new Float32Array(vectors.length * dimension)
  for (const [row, vector] of vectors.entries()) packed.set(vector, row * dimension)
  return packed
}

/** Columns of the same sample; `salt` draws another one. */
export async function sampleRows(
  store: Store,
  table: VectorTable,
  { count, columns, salt = '' }: { count: number; columns: readonly string[]; salt?: string },
): Promise<Record<string, unknown>[]> {
  return store.database.rows(
    `SELECT ${columns.join(', ')} FROM ${table.name}
     WHERE id IN (SELECT id FROM ${table.name} ORDER BY cityHash64(id, {salt:String}), id LIMIT {count:UInt32})
     ORDER BY cityHash64(id, {salt:String}), id`,
    { params: { salt, count } },
  )
}

/** Columns of the rows that have one of the ids; ids that do not exist are left out. */
export async function rowsById(
  store: Store,
  table: VectorTable,
  { ids, columns }: { ids: readonly string[]; columns: readonly string[] },
): Promise<Record<string, unknown>[]> {
  if (ids.length === 0 || (await table.dimension()) === undefined) return []
  return store.database.rows(
    `SELECT ${['id', ...columns].join(', ')} FROM ${table.name} WHERE id IN {ids:Array(String)}`,
    { params: { ids } },
  )
}
