import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, type Store } from './store.ts'

let folder: string
let store: Store

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-store-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** A Parquet file as the embed stage writes it: `rows` rows of 8 values, named after the shard. */
async function parquet(name: string, rows: number): Promise<string> {
  const path = join(folder, `${name}.parquet`)
  await store.database.command(`INSERT INTO FUNCTION file('${path}', 'Parquet')
    SELECT '${name}-' || toString(number) AS id, 'prompt ' || toString(number) AS prompt, '' AS url,
      toUInt32(512) AS width, toUInt32(512) AS height, 'site' AS source_site, 'dataset' AS origin,
      []::Array(String) AS parents, 'model-a' AS model, false AS truncated,
      arrayMap(i -> toFloat32(sin(number * 8 + i)), range(8)) AS prompt_vector
    FROM numbers(${rows})`)
  return path
}

test('a Parquet file goes in once, is counted by shard, and is found again', async () => {
  const table = store.table('text')
  expect(await table.count()).toBe(0)
  await table.ensure(8)
  const file = { path: await parquet('a', 100), shard: 'text-00000', digest: 'd1', rows: 100, run: 'r1' }
  expect(await table.load(file)).toBe('loaded')
  expect(await table.load(file)).toBe('present')
  expect((await table.holding()).shards).toEqual(new Map([['text-00000', new Map([['d1', 100]])]]))
  const answer = await table.search({ vector: Array.from({ length: 8 }, (_, i) => Math.sin(5 * 8 + i)), k: 3 })
  expect(answer.hits[0]).toMatchObject({ id: 'a-5', prompt: 'prompt 5', width: 512 })
  expect(answer.hits[0]?.distance).toBeCloseTo(0, 5)
  expect(answer.hits).toHaveLength(3)
})

test('a shard with a new file replaces the rows of the old one', async () => {
  const table = store.table('text')
  await table.ensure(8)
  const file = { shard: 'text-00000', run: 'r1' }
  await table.load({ ...file, path: await parquet('a', 10), digest: 'd1', rows: 10 })
  await table.load({ ...file, path: await parquet('b', 7), digest: 'd2', rows: 7 })
  expect((await table.holding()).shards).toEqual(new Map([['text-00000', new Map([['d2', 7]])]]))
  await table.remove('text-00000')
  expect(await table.count()).toBe(0)
})
