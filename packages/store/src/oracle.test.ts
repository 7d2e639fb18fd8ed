import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentDigest, eachRow, exactDistances, exactNeighbours, type OracleTable, sampleRows } from './oracle.ts'
import { openStore, type Store } from './store.ts'

const ROWS = 500
let folder: string
let store: Store
let table: OracleTable

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-oracle-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  const { name, shape } = store.table('text')
  table = { database: store.database, name, shape }
  await store.table('text').ensure(8)
  await insert(0, ROWS)
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Rows `from` to `to`; every tenth row has the vector of the row before it. */
async function insert(from: number, to: number): Promise<void> {
  await store.database.command(`INSERT INTO ${table.name} (id, prompt, model, prompt_vector)
    SELECT 'row-' || toString(number) AS id, 'p', 'm',
      arrayMap(i -> toFloat32(sin((number - (number % 10 = 0)) * 8.7 + i * i)), range(8))
    FROM numbers(${from}, ${to - from})`)
}

async function plainSearch(vector: ArrayLike<number>, k: number) {
  return (await store.table('text').search({ vector, k, mode: 'exact' })).hits
}

test('answers many questions at once as exact search answers each', async () => {
  const rows = await sampleRows(table, 12, 'seed')
  const answers = await exactNeighbours(
    table,
    rows.map(({ vector }) => vector),
    { depth: 20 },
  )
  expect(answers).toHaveLength(12)
  for (const [index, { ids, distances }] of answers.entries()) {
    const hits = await plainSearch(rows[index]?.vector ?? [], 20)
    expect(distances).toHaveLength(20)
    for (const [place, hit] of hits.entries()) expect(distances[place]).toBeCloseTo(hit.distance, 6)
    expect(ids).toContain(rows[index]?.id)
  }
})

test('orders rows of equal distance by id, so that the same table gives the same answer', async () => {
  const [row] = await exactNeighbours(table, [new Float32Array(8).map((_, i) => Math.sin(19 * 8.7 + i * i))], {
    depth: 2,
  })
  expect(row?.ids).toEqual(['row-19', 'row-20'])
  expect(row?.distances[0]).toBe(row?.distances[1])
})

test('takes 32 questions of 512 values in one statement', async () => {
  const image = { database: store.database, name: store.table('image').name, shape: store.table('image').shape }
  await store.table('image').ensure(512)
  await store.database.command(`INSERT INTO ${image.name} (id, prompt, model, image_vector)
    SELECT toString(number), 'p', 'm', arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(512)) FROM numbers(40)`)
  const rows = await sampleRows(image, 32, 'seed')
  const answers = await exactNeighbours(
    image,
    rows.map(({ vector }) => vector),
    { depth: 3 },
  )
  expect(answers.map(({ ids }) => ids[0])).toEqual(rows.map(({ id }) => id))
})

test('a share of rows is about that share, the same ones each time, for answers and for distances', async () => {
  const [{ vector } = { vector: new Float32Array(8) }] = await sampleRows(table, 1, 'seed')
  const [all] = await exactNeighbours(table, [vector], { depth: ROWS })
  const [some] = await exactNeighbours(table, [vector], { depth: ROWS, share: 0.2 })
  expect(all?.ids).toHaveLength(ROWS)
  expect(some?.ids.length).toBeGreaterThan(ROWS * 0.12)
  expect(some?.ids.length).toBeLessThan(ROWS * 0.28)
  const distances = await exactDistances(table, vector, { ids: all?.ids ?? [], share: 0.2 })
  expect([...distances.keys()].sort()).toEqual([...(some?.ids ?? [])].sort())
})

test('knows no distance of rows that do not exist', async () => {
  const distances = await exactDistances(table, new Float32Array(8).fill(0.5), { ids: ['row-1', "no'such"] })
  expect([...distances.keys()]).toEqual(['row-1'])
  expect(distances.get('row-1')).toBeGreaterThanOrEqual(0)
})

test('goes through every row once, in batches', async () => {
  const ids: string[] = []
  for await (const batch of eachRow(table, 120)) {
    expect(batch.vectors[0]).toHaveLength(8)
    ids.push(...batch.ids)
  }
  expect(ids).toHaveLength(ROWS)
  expect(ids).toEqual([...new Set(ids)].sort())
})

test('samples by the seed alone', async () => {
  const ids = async (seed: string, count = 30) => (await sampleRows(table, count, seed)).map(({ id }) => id)
  expect(await ids('a')).toEqual(await ids('a'))
  expect(await ids('b')).not.toEqual(await ids('a'))
  expect((await ids('a', 5)).length).toBe(5)
  expect(await ids('a', 5)).toEqual((await ids('a')).slice(0, 5))
})

test('the digest changes with any row, and not with parts or order', async () => {
  const before = await contentDigest(table)
  await insert(ROWS, ROWS + 1)
  const more = await contentDigest(table)
  expect(more).not.toBe(before)
  await store.database.command(`OPTIMIZE TABLE ${table.name} FINAL`)
  expect(await contentDigest(table)).toBe(more)
  await store.database.command(`DELETE FROM ${table.name} WHERE id = 'row-${ROWS}'`)
  expect(await contentDigest(table)).toBe(before)
})
