import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { powerLawVectors } from './bench-vectors.ts'
import { HnswIndex } from './hnsw-index.ts'
import { hnswStatement } from './hnsw-statement.ts'
import { openStore, type Store } from './store.ts'
import type { IndexedStatement, IndexedTable } from './vector-index.ts'
import type { VectorTable } from './vector-table.ts'

/** What ClickHouse 26.7 does behind one's back, and what keeps it from doing so here. */
const ROWS = 3000
const DIMENSION = 64
let folder: string
let store: Store
let table: VectorTable
let indexed: IndexedTable
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-hnsw-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  table = store.table('text')
  await table.ensure(DIMENSION)
  await insert(0, ROWS)
  const { name, shape } = table
  const system = (view: string) => `system.${view}`
  indexed = { database: store.database, asked: name, table: name, shape, dimension: DIMENSION, onCluster: '', system }
}, 60_000)
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function insert(from: number, count: number): Promise<void> {
  const vectors = powerLawVectors(count, DIMENSION, from)
  const values = Array.from({ length: count }, (_, at) => ({
    id: `row-${from + at}`,
    prompt: `prompt ${from + at}`,
    model: 'm',
    shard: `text-${from}`,
    prompt_vector: [...vectors.subarray(at * DIMENSION, (at + 1) * DIMENSION)],
  }))
  const lines = values.map((row) => JSON.stringify(row)).join('\n')
  const { Readable } = await import('node:stream')
  await store.database.send(
    `INSERT INTO ${table.name} (id, prompt, model, shard, prompt_vector) FORMAT JSONEachRow`,
    Readable.from([lines]),
    { settings: { exclude_materialize_skip_indexes_on_insert: 'prompt_vector_index' } as never },
  )
}

const vector = () => powerLawVectors(1, DIMENSION, 424_242)
const built = () => table.buildIndex({ interval: 20, looseRows: 500 })
const indexBytes = async () =>
  (
    await store.database.rows<{ name: string; bytes: string }>(
      "SELECT name, secondary_indices_uncompressed_bytes AS bytes FROM system.parts WHERE table = 'prompt_text' AND active ORDER BY rows DESC",
    )
  ).map(({ bytes }) => Number(bytes))

test('without an index, the answer is exact and says why; asking for the index is the user’s mistake', async () => {
  expect(await table.search({ vector: vector(), k: 3 })).toMatchObject({ used: 'exact', reason: 'there is no index' })
  await expect(table.search({ vector: vector(), k: 3, mode: 'indexed' })).rejects.toMatchObject({ exitCode: 2 })
  expect(await table.usesIndex({ vector: vector(), k: 3 })).toBe(false)
})

test('the engine says that it uses the index for our statement, and that it does not for its near relatives', async () => {
  expect(await built()).toMatchObject({ did: 'rebuilt', state: { status: 'built', indexedRows: ROWS, parts: 1 } })
  const index = new HnswIndex(store.capabilities)
  const question = {
    vector: vector(),
    k: 10,
    columns: ['id'],
    where: undefined,
    effort: 64,
    widening: 4,
    definition: '',
  }
  const ours = hnswStatement(indexed, question, store.capabilities)
  const changed = (from: string | RegExp, to: string): IndexedStatement => ({
    ...ours,
    sql: ours.sql.replace(from, to),
  })
  expect(await index.isUsed(indexed, ours)).toBe(true)
  expect(await index.isUsed(indexed, changed('ORDER BY distance', 'ORDER BY distance DESC'))).toBe(false)
  expect(await index.isUsed(indexed, changed('ORDER BY distance', 'ORDER BY distance, id'))).toBe(false)
  expect(await index.isUsed(indexed, changed('ORDER BY distance', 'ORDER BY 1 - distance'))).toBe(false)
  expect(await index.isUsed(indexed, changed('cosineDistance', 'L2Distance'))).toBe(false)
  expect(await index.isUsed(indexed, { ...ours, settings: { use_skip_indexes: 0 } })).toBe(false)
})

test('the index tries harder in a large table, up to its limit', () => {
  const index = new HnswIndex(store.capabilities)
  const efforts = [0, 100_000, 300_000, 900_000, 10_000_000, 100_000_000].map((rows) => index.defaultEffort(rows))
  expect(efforts).toEqual([256, 256, 368, 512, 1024, 1024])
})

test('a small table is scanned, many rows too, and a wanted effort goes to the index', async () => {
  expect(await table.search({ vector: vector(), k: 3 })).toMatchObject({
    used: 'exact',
    reason: '3,000 rows are scanned as fast as an index is asked',
  })
  expect(await table.search({ vector: vector(), k: 2000, mode: 'indexed' })).toMatchObject({
    used: 'exact',
    reason: 'an HNSW index answers up to 1000 rows',
  })
  expect(await table.search({ vector: vector(), k: 3, effort: 64 })).toMatchObject({ used: 'index', effort: 64 })
})

test('distances are those of the float32 vectors, though the index keeps a byte a component', async () => {
  const exact = await table.search({ vector: vector(), k: 20, mode: 'exact' })
  const approximate = await table.search({ vector: vector(), k: 20, mode: 'indexed', effort: 512 })
  const known = new Map(exact.hits.map((hit) => [hit.id, hit.distance]))
  for (const hit of approximate.hits) {
    const distance = known.get(hit.id)
    if (distance !== undefined) expect(hit.distance).toBeCloseTo(distance, 6)
  }
  expect(approximate.hits.filter((hit) => known.has(hit.id)).length).toBeGreaterThanOrEqual(18)
})

test('deleting a row leaves the graph as it is: parts are wide, so that nothing else is written anew', async () => {
  const before = await indexBytes()
  await store.database.command(`DELETE FROM ${table.name} WHERE id = 'row-17'`)
  expect(await indexBytes()).toEqual(before)
  expect((await table.indexState()).status).toBe('built')
  const [nearest] = (await table.search({ vector: vector(), k: 1, mode: 'exact' })).hits
  await store.database.command(`DELETE FROM ${table.name} WHERE id = '${nearest?.id}'`)
  const { hits } = await table.search({ vector: vector(), k: 10, mode: 'indexed' })
  expect(hits).toHaveLength(10)
  expect(hits.map((hit) => hit.id)).not.toContain(nearest?.id)
})

test('new parts stay outside the graph until it is extended, which leaves the old graph as it is', async () => {
  const [old] = await indexBytes()
  await insert(10_000, 400)
  expect(await built()).toMatchObject({ did: 'kept', state: { status: 'partial' } })
  await insert(20_000, 300)
  expect(await built()).toMatchObject({ did: 'extended', state: { status: 'built', indexedRows: ROWS + 700 } })
  expect((await indexBytes())[0]).toBe(old)
  const { hits, reason } = await table.search({ vector: powerLawVectors(1, DIMENSION, 20_000), k: 1, mode: 'indexed' })
  expect([hits[0]?.id, reason]).toEqual(['row-20000', 'HNSW index over all rows'])
})

test('a merge builds no graph behind one’s back; the next build does, over one part', async () => {
  await store.database.command(`OPTIMIZE TABLE ${table.name} FINAL`)
  expect(await table.indexState()).toMatchObject({ status: 'none', indexedRows: 0, parts: 1 })
  expect(await table.search({ vector: vector(), k: 3 })).toMatchObject({ used: 'exact' })
  expect(await built()).toMatchObject({ did: 'rebuilt', state: { status: 'built', parts: 1 } })
})

test('a row that is there twice for a moment counts once', async () => {
  await store.database.command(
    `INSERT INTO ${table.name} SELECT * FROM ${table.name} ORDER BY cosineDistance(prompt_vector, {q:Array(Float32)}) LIMIT 1`,
    { params: { q: [...vector()] } },
  )
  for (const mode of ['exact', 'indexed'] as const) {
    const ids = (await table.search({ vector: vector(), k: 10, mode })).hits.map((hit) => hit.id)
    expect(new Set(ids).size).toBe(ids.length)
  }
})

test('building can be stopped, and goes on another time', async () => {
  await table.dropIndex()
  const controller = new AbortController()
  const stopped = table.buildIndex({
    interval: 5,
    signal: controller.signal,
    hnsw: { quantization: 'f32', connections: 64, candidates: 512 },
  })
  setTimeout(() => controller.abort(new Error('enough')), 60)
  await expect(stopped).rejects.toThrow('enough')
  expect(await built()).toMatchObject({ state: { status: 'built' } })
})
