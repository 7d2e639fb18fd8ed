import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from './store.ts'
import type { VectorTable } from './vector-table.ts'
import { dropEngineCaches, type EngineCounters, engineCounters, indexFootprint } from './witness.ts'

let folder: string
let store: Store
let table: VectorTable

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-witness-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  table = store.table('text')
  await table.ensure(16)
  await store.database.command(`INSERT INTO ${table.name} (id, prompt, model, prompt_vector)
    SELECT toString(number), 'p', 'm', arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(16)) FROM numbers(3000)`)
  await table.buildIndex()
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const oracle = () => ({ database: store.database, name: table.name, shape: table.shape })
const vector = Float32Array.from({ length: 16 }, (_, index) => Math.cos(index))

async function counted(work: () => Promise<unknown>): Promise<EngineCounters> {
  const before = (await engineCounters(store.database)) as EngineCounters
  await work()
  const after = (await engineCounters(store.database)) as EngineCounters
  return {
    indexSearches: after.indexSearches - before.indexSearches,
    visited: after.visited - before.visited,
    cacheHits: after.cacheHits - before.cacheHits,
  }
}

test('the engine counts one graph search for each indexed answer, and none for an exact one', async () => {
  const indexed = await counted(async () => {
    for (let at = 0; at < 3; at++) await table.search({ vector, k: 5, mode: 'indexed', effort: 64 })
  })
  expect(indexed.indexSearches).toBe(3)
  expect(indexed.visited).toBeGreaterThan(3 * 5)
  expect(indexed.cacheHits).toBe(0)
  const exact = await counted(() => table.search({ vector, k: 5, mode: 'exact' }))
  expect(exact.indexSearches).toBe(0)
})

test('tells what the index takes on disk, and in memory once it was searched', async () => {
  expect(await dropEngineCaches(store.database)).toBe(true)
  const cold = await indexFootprint(oracle())
  expect(cold.diskBytes).toBeGreaterThan(3000 * 16)
  expect(cold.memoryBytes).toBe(0)
  await table.search({ vector, k: 5, mode: 'indexed', effort: 64 })
  expect((await indexFootprint(oracle())).memoryBytes).toBeGreaterThan(3000 * 16)
})

test('a refused statement is an absent answer, not an error', async () => {
  await table.dropIndex()
  expect((await indexFootprint(oracle())).diskBytes).toBeNull()
})
