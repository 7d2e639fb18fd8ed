import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from './store.ts'
import { storeStatus } from './store-status.ts'

let folder: string
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-status-'))
  store = await openStore({
    kind: 'embedded',
    path: join(folder, 'db'),
    memoryLimit: 4_000_000_000,
    indexMemory: 1_000_000_000,
  })
  const table = store.table('text')
  await table.ensure(8)
  await store.database.command(`INSERT INTO ${table.name} (id, prompt, model, shard, shard_digest, prompt_vector)
    SELECT toString(number), 'p', 'model-a', if(number < 60, 'text-0', 'text-1'), 'd',
      arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(8)) FROM numbers(100)`)
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test('tells what is there: tables, rows, parts, index, memory', async () => {
  const status = await storeStatus(store)
  expect(status).toMatchObject({
    location: join(folder, 'db'),
    engine: 'embedded',
    label: `embedded ClickHouse ${status.version}`,
    tables: [
      {
        kind: 'text',
        rows: 100,
        dimension: 8,
        models: ['model-a'],
        shards: 2,
        nextRows: 0,
        index: { status: 'none', parts: 1 },
      },
    ],
  })
  expect(status.tables[0]?.index.bytes).toBeGreaterThan(1000)
  await store.table('text').buildIndex({ interval: 20 })
  expect((await storeStatus(store)).tables[0]?.index).toMatchObject({ status: 'built', indexedRows: 100 })
  expect(status.memory.total).toBeGreaterThan(0)
})

test('the limits of memory reach the engine', async () => {
  const rows = await store.database.rows(
    `SELECT name, value FROM system.server_settings
     WHERE name IN ('max_server_memory_usage', 'vector_similarity_index_cache_size') ORDER BY name`,
  )
  expect(rows).toEqual([
    { name: 'max_server_memory_usage', value: '4000000000' },
    { name: 'vector_similarity_index_cache_size', value: '1000000000' },
  ])
})

test('an export can be loaded again, row for row, and replaces an older file in one step', async () => {
  const table = store.table('text')
  const path = join(folder, 'text.parquet')
  await writeFile(path, 'an older export')
  await table.export(path)
  expect((await readdir(folder)).sort()).toEqual(['db', 'text.parquet'])
  await table.next.ensure(8)
  await table.next.load({ path, shard: 'text-0', digest: 'd2', rows: 100, run: 'r' })
  const digest = (name: string) =>
    store.database.row(`SELECT sum(cityHash64(id, prompt, model, prompt_vector)) AS digest FROM ${name}`)
  expect(await digest(table.next.name)).toEqual(await digest(table.name))
  expect((await storeStatus(store)).tables[0]?.nextRows).toBe(100)
})
