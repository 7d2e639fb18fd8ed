import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@promptloom/store/store'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { groundTruth, rowQueries } from './query-set.ts'
import { type StoreTable, StoreTarget } from './store-target.ts'
import { sweep } from './sweep.ts'

vi.setConfig({ testTimeout: 120_000 })

const axes = { crossed: true, k: [10], efforts: [64], clients: [1], filters: [0.05] }

let folder: string
let store: Store
let table: StoreTable
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-target-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  const { name } = store.table('text')
  await store.table('text').ensure(16)
  await store.database.command(`INSERT INTO ${name} (id, prompt, model, prompt_vector)
    SELECT lower(hex(sipHash128(number))), 'p', 'm', arrayMap(i -> toFloat32(randNormal(0, 1, number * 16 + i)), range(16)) FROM numbers(3000)`)
  await store.table('text').buildIndex()
  table = (await new StoreTarget(store).table('text')) as StoreTable
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function prepared(queries: number) {
  const asked = rowQueries(await table.sample(queries, 'seed'), { excluded: true })
  const truth = await groundTruth({ table, queries: asked, depth: 20, filters: axes.filters })
  return { table, truth, collection: await table.digest(), axes, tolerance: 1e-6, alone: true, budget: 10_000 }
}

test('says what it is, what its index takes, and proves each way of searching', async () => {
  const target = new StoreTarget(store)
  expect(await target.engine()).toMatchObject({
    label: expect.stringMatching(/^embedded ClickHouse /),
    effortName: 'ef',
    local: true,
  })
  expect(await target.table('image')).toBeUndefined()
  const [row] = await table.sample(1, 'seed')
  const ask = { vector: row?.vector ?? new Float32Array(16), k: 5, share: 1 }
  expect(await table.prove({ ...ask, effort: 64 })).toMatchObject({
    usesIndex: true,
    evidence: 'EXPLAIN indexes = 1 names the HNSW index',
  })
  expect(await table.prove({ ...ask, effort: 'exact' })).toMatchObject({ usesIndex: false })
  expect((await table.search({ ...ask, effort: 64 })).used).toBe('index')
  expect((await table.search({ ...ask, effort: 'exact' })).ids[0]).toBe(row?.id)
  expect(await table.index()).toMatchObject({ state: 'built', parts: 1, note: '', diskBytes: expect.any(Number) })
})

test('a filter by share gives full answers from the rows that it lets through', async () => {
  const [row] = await table.sample(1, 'seed')
  const vector = row?.vector ?? new Float32Array(16)
  for (const effort of ['exact', 'auto', 64] as const) {
    const { ids } = await table.search({ vector, k: 10, effort, share: 0.05 })
    expect(ids).toHaveLength(10)
    expect((await table.distances(vector, ids, 0.05)).size).toBe(10)
  }
})

test('a sweep of the real engine: each indexed answer is one counted search of the graph', async () => {
  const result = await sweep(await prepared(30))
  const indexed = result.cells.find(({ effort, share }) => effort === 64 && share === 1)
  expect(indexed).toMatchObject({ withheld: null, byIndex: 1, asked: 30 })
  expect(indexed?.visited).toBeGreaterThan(20)
  expect(result.cells.find(({ effort, share }) => effort === 'exact' && share === 1)).toMatchObject({
    recall: { mean: 1 },
    withheld: null,
  })
  expect(result.cold.map(({ first }) => first.length)).toEqual([3, 3])
  expect(result.index.memoryBytes).toBeGreaterThan(1000)
})

test('an index that somebody else drops while the sweep runs: its figures are withheld', async () => {
  const request = await prepared(30)
  let dropped = false
  const progress = (share: number) => {
    if (dropped || share < 0.5) return
    dropped = true
    // By plain SQL: this store's own object does not hear of it.
    void store.database.command(`ALTER TABLE ${store.table('text').name} DROP INDEX prompt_vector_index`)
  }
  const result = await sweep({ ...request, progress })
  const cell = result.cells.find(({ effort, share }) => effort === 64 && share === 1)
  expect(cell).toMatchObject({ recall: null, latency: null, qps: null })
  expect(cell?.withheld).toMatch(/did not use the index|counted \d+ searches of the index|came from exact search/)
  expect(result.cells.find(({ effort, share }) => effort === 'exact' && share === 1)?.recall?.mean).toBe(1)
})

test('rows that arrive while the sweep runs: every figure is withheld', async () => {
  const request = await prepared(20)
  let added = false
  const result = await sweep({
    ...request,
    progress: () => {
      if (added) return
      added = true
      void store.database.command(
        `INSERT INTO ${store.table('text').name} SELECT * REPLACE ('new' AS id) FROM ${store.table('text').name} LIMIT 1`,
      )
    },
  })
  expect(result.changed).toBe(true)
  expect(result.cells.every(({ recall, withheld }) => recall === null && withheld !== null)).toBe(true)
})
