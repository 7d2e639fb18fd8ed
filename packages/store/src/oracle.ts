import type { Database } from './database.ts'
import { vectorBase64 } from './query-vector.ts'
import { StatementError } from './store-error.ts'
import type { TableShape } from './table-kind.ts'

/** The table that is asked. */
export interface OracleTable {
  readonly database: Database
  /** With its database. */
  readonly name: string
  readonly shape: TableShape
}

/** The exact nearest rows of one vector, by cosine distance and then id. */
export interface ExactNeighbours {
  readonly ids: readonly string[]
  readonly distances: readonly number[]
}

/** Buckets that ids are spread over by their hash; a share of rows is the first so many of them. */
const BUCKETS = 1_000_000

/** Never answer from a cache, and never from an index: what a measurement is held against must be computed. */
const EXACT = { use_skip_indexes: 0 } as const

/** A bound vector; as base64 it is a quarter of its decimal digits, and 32 of them fit into one statement. */
function bound(name: string): string {
  return `reinterpret(base64Decode({${name}:String}), 'Array(Float32)')`
}

/** The condition that lets through a fixed random share of the rows, by the hash of their ids; 1 lets all through. */
export function shareCondition(share: number): string {
  return share >= 1 ? '1' : `cityHash64(id) % ${BUCKETS} < ${Math.round(share * BUCKETS)}`
}

/**
 * Rows chosen by the seed and their ids alone, in an order that these decide: the same rows whatever the order in
 * which they were loaded.
 */
export async function sampleRows(
  { database, name, shape }: OracleTable,
  count: number,
  seed: string,
): Promise<{ id: string; vector: Float32Array }[]> {
  type Row = { id: string; vector: number[] }
  const rows = await database.rows<Row>(
    `SELECT id, ${shape.vector} AS vector FROM ${name}
     WHERE id IN (SELECT id FROM ${name} ORDER BY cityHash64(id, {seed:String}), id LIMIT {count:UInt64})
     ORDER BY cityHash64(id, {seed:String}), id`,
    { params: { seed, count }, settings: EXACT },
  )
  return rows.map(({ id, vector }) => ({ id, vector: Float32Array.from(vector) }))
}

/** Every row's id and vector in the order of ids, so many at a time: memory holds one batch. */
export async function* eachRow(
  { database, name, shape }: OracleTable,
  batch = 5_000,
): AsyncGenerator<{ ids: string[]; vectors: Float32Array[] }> {
  type Row = { id: string; vector: number[] }
  for (let last: string | undefined; ; ) {
    const rows = await database.rows<Row>(
      `SELECT id, ${shape.vector} AS vector FROM ${name} WHERE {first:UInt8} OR id > {last:String}
       ORDER BY id LIMIT {batch:UInt32}`,
      { params: { first: last === undefined ? 1 : 0, last: last ?? '', batch }, settings: EXACT },
    )
    if (rows.length === 0) return
    yield { ids: rows.map(({ id }) => id), vectors: rows.map(({ vector }) => Float32Array.from(vector)) }
    last = rows.at(-1)?.id
  }
}

/** A digest of all ids and vectors: the same for the same rows, in whatever order and parts they lie. */
export async function contentDigest({ database, name, shape }: OracleTable): Promise<string> {
  type Row = { rows: string | number; digest: string }
  const row = await database.row<Row>(
    `SELECT count() AS rows, hex(sum(toUInt128(cityHash64(id, ${shape.vector})))) AS digest FROM ${name}`,
    { settings: EXACT },
  )
  return `${Number(row?.rows ?? 0)}-${row?.digest ?? ''}`.toLowerCase()
}

/**
 * The exact answer to many questions in one scan of the table: reading the vectors costs more than comparing them, so
 * a batch of 32 takes a quarter of the time of 32 searches. Engines without `groupArraySorted` (before ClickHouse 23.12)
 * are asked one by one.
 */
export async function exactNeighbours(
  table: OracleTable,
  vectors: readonly ArrayLike<number>[],
  { depth, share = 1, signal }: { depth: number; share?: number; signal?: AbortSignal },
): Promise<ExactNeighbours[]> {
  const { database, name, shape } = table
  const nearest = vectors.map(
    (_, index) =>
      `groupArraySorted(${Math.trunc(depth)})((cosineDistance(${shape.vector}, ${bound(`q${index}`)}), id)) AS n${index}`,
  )
  const params = Object.fromEntries(vectors.map((vector, index) => [`q${index}`, vectorBase64(vector)]))
  const sql = `SELECT ${nearest.join(',\n')} FROM ${name} WHERE ${shareCondition(share)}`
  const options = { params, settings: EXACT, ...(signal ? { signal } : {}) }
  try {
    const row = await database.row<Record<string, [number, string][]>>(sql, options)
    return vectors.map((_, index) => {
      const found = row?.[`n${index}`] ?? []
      return { ids: found.map(([, id]) => id), distances: found.map(([distance]) => Number(distance)) }
    })
  } catch (error) {
    if (!(error instanceof StatementError) || ![46, 63].includes(error.code)) throw error
    const answers: ExactNeighbours[] = []
    for (const vector of vectors) answers.push(await exactOne(table, vector, { depth, share }))
    return answers
  }
}

/** The exact distance of each named row to a vector; ids that don't exist, or lie outside the share, are absent. */
export async function exactDistances(
  { database, name, shape }: OracleTable,
  vector: ArrayLike<number>,
  { ids, share = 1 }: { ids: readonly string[]; share?: number },
): Promise<Map<string, number>> {
  const rows = await database.rows<{ id: string; distance: number }>(
    `SELECT id, cosineDistance(${shape.vector}, ${bound('q')}) AS distance FROM ${name}
     WHERE id IN {ids:Array(String)} AND ${shareCondition(share)}`,
    { params: { q: vectorBase64(vector), ids }, settings: EXACT },
  )
  return new Map(rows.map(({ id, distance }) => [id, Number(distance)]))
}

async function exactOne(
  { database, name, shape }: OracleTable,
  vector: ArrayLike<number>,
  { depth, share }: { depth: number; share: number },
): Promise<ExactNeighbours> {
  const rows = await database.rows<{ id: string; distance: number }>(
    `SELECT id, cosineDistance(${shape.vector}, ${bound('q')}) AS distance FROM ${name}
     WHERE ${shareCondition(share)} ORDER BY distance, id LIMIT {depth:UInt32}`,
    { params: { q: vectorBase64(vector), depth }, settings: EXACT },
  )
  return { ids: rows.map(({ id }) => id), distances: rows.map(({ distance }) => Number(distance)) }
}
