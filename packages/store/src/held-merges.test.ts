import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { holdMerges, releaseCrowded, releaseMerges } from './held-merges.ts'
import { openStore, type Store } from './store.ts'

const TABLE = 'promptloom.held'
let folder: string
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-held-'))
  store = await openStore({ kind: 'embedded', path: folder })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await store.database.command(`DROP TABLE IF EXISTS ${TABLE} SYNC`)
  await store.database.command(
    `CREATE TABLE ${TABLE} (id UInt32) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 16`,
  )
})

const insert = (id: number) => store.database.command(`INSERT INTO ${TABLE} VALUES (${id})`)
const settings = async () => {
  const row = await store.database.row<{ full: string }>(
    "SELECT engine_full AS full FROM system.tables WHERE database = 'promptloom' AND name = 'held'",
  )
  return row?.full.replace(/^.*SETTINGS /, '')
}
const parts = async () => {
  const row = await store.database.row<{ parts: string }>(
    "SELECT count() AS parts FROM system.parts WHERE database = 'promptloom' AND table = 'held' AND active",
  )
  return Number(row?.parts)
}

test('a held table keeps every part that is inserted, deletes and merges on demand go on', async () => {
  await holdMerges(store.database, TABLE)
  for (let id = 0; id < 12; id++) await insert(id)
  expect(await parts()).toBe(12)
  await store.database.command(`DELETE FROM ${TABLE} WHERE id = 3`, { settings: { mutations_sync: '1' } })
  await store.database.command(`OPTIMIZE TABLE ${TABLE} FINAL`)
  expect(await parts()).toBe(1)
  expect(await store.database.row(`SELECT toUInt8(count()) AS rows FROM ${TABLE}`)).toEqual({ rows: 11 })
})

test('holding twice and releasing twice do no more than once; what else the table was told stays', async () => {
  const before = await settings()
  await releaseMerges(store.database, TABLE)
  expect(await settings()).toBe(before)
  await holdMerges(store.database, TABLE)
  const held = await settings()
  expect(held).toBe(
    `${before}, max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1`,
  )
  await holdMerges(store.database, TABLE)
  expect(await settings()).toBe(held)
  await releaseMerges(store.database, TABLE)
  await releaseMerges(store.database, TABLE)
  expect(await settings()).toBe(before)
})

test.each([
  [2, false],
  [3, true],
])('of a table with three parts where %i may wait, merges are held: %s', async (most, held) => {
  await holdMerges(store.database, TABLE)
  for (let id = 0; id < 3; id++) await insert(id)
  await releaseCrowded(store.database, TABLE, most)
  expect((await settings())?.includes('max_bytes_to_merge')).toBe(held)
})

test('a table that is not there is neither held nor released', async () => {
  await releaseMerges(store.database, 'promptloom.nothing')
  await releaseCrowded(store.database, 'promptloom.nothing')
  await expect(holdMerges(store.database, 'promptloom.nothing')).rejects.toMatchObject({ exitCode: 1 })
})
