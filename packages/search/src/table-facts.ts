import { sampleRows } from '@promptloom/store/oracle'
import type { Store } from '@promptloom/store/store'
import type { VectorTable } from '@promptloom/store/vector-table'
import type { Collection } from './collection.ts'

/** Seed of the reference sample; another one draws other rows. */
const REFERENCE_SEED = 'search reference'

/** Vectors of up to `count` rows, row after row: a uniform sample that stays the same while the table does. */
export async function sampleVectors(store: Store, table: VectorTable, count: number): Promise<Float32Array> {
  const sampled = await sampleRows(
    { database: store.database, name: table.name, shape: table.shape },
    count,
    REFERENCE_SEED,
  )
  const dimension = sampled[0]?.vector.length ?? 0
  const packed = new Float32Array(sampled.length * dimension)
  for (const [row, { vector }] of sampled.entries()) packed.set(vector, row * dimension)
  return packed
}

/** Columns of the rows that have one of the ids, in no order; ids that do not exist are left out. */
export async function rowsById(
  store: Store,
  table: VectorTable,
  { ids, columns }: { ids: readonly string[]; columns: readonly string[] },
): Promise<Record<string, unknown>[]> {
  if (ids.length === 0) return []
  return store.database.rows(
    `SELECT ${['id', ...columns].join(', ')} FROM ${table.name} WHERE id IN {ids:Array(String)}`,
    { params: { ids } },
  )
}

/**
 * CLIP scores by id: the cosine similarity of a row's prompt with its own picture, -1 to 1, computed by the database.
 * Rows without a picture are left out.
 */
export async function clipScores(
  { store, tables }: Pick<Collection, 'store' | 'tables'>,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const { prompts, pictures } = tables
  if (!prompts || !pictures || ids.length === 0) return new Map()
  const side = (table: VectorTable) =>
    `(SELECT id, any(${table.shape.vector}) AS vector FROM ${table.name} WHERE id IN {ids:Array(String)} GROUP BY id)`
  const rows = await store.database.rows<{ id: string; score: number }>(
    `SELECT a.id AS id, 1 - cosineDistance(a.vector, b.vector) AS score
     FROM ${side(prompts.table)} AS a GLOBAL INNER JOIN ${side(pictures.table)} AS b ON a.id = b.id`,
    { params: { ids } },
  )
  return new Map(rows.map(({ id, score }) => [id, Number(score)]))
}
