import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { preferred } from './preference.ts'
import { openStore, type Store } from './store.ts'

const vector = Float32Array.from({ length: 16 }, (_, index) => Math.cos(index))
const request = { vector, k: 5 }
const indexed = { mode: 'indexed', effort: 77, rows: 2000 } as const
const exact = { mode: 'exact', rows: 2000 } as const

let folder: string
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-preference-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  await store.table('text').ensure(16)
  await store.database.command(`INSERT INTO ${store.table('text').name} (id, prompt, model, prompt_vector)
    SELECT toString(number), 'p', 'm', arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(16)) FROM numbers(2000)`)
  await store.table('text').buildIndex()
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test('fills in what a question leaves open, and nothing that it says', () => {
  expect(preferred(request, indexed, 2000)).toEqual({ ...request, effort: 77 })
  expect(preferred(request, exact, 2000)).toEqual({ ...request, mode: 'exact' })
  expect(preferred({ ...request, effort: 32 }, indexed, 2000)).toEqual({ ...request, effort: 32 })
  expect(preferred({ ...request, mode: 'indexed' }, exact, 2000)).toEqual({ ...request, mode: 'indexed' })
  expect(preferred(request, undefined, 2000)).toBe(request)
})

test('no longer holds once the table has outgrown what was measured', () => {
  expect(preferred(request, exact, 4000)).toMatchObject({ mode: 'exact' })
  expect(preferred(request, exact, 4001)).toBe(request)
})

test('a table searches by it, and exactly where the index has gone', async () => {
  const table = store.table('text')
  expect(await table.search(request)).toMatchObject({ used: 'exact' })
  table.prefer(indexed)
  expect(await table.search(request)).toMatchObject({ used: 'index', effort: 77 })
  expect((await table.searchAll([request]))[0]).toMatchObject({ used: 'index', effort: 77 })
  expect(await table.search({ ...request, mode: 'exact' })).toMatchObject({ used: 'exact' })
  await table.dropIndex()
  expect(await table.search(request)).toMatchObject({ used: 'exact', reason: 'there is no index' })
  table.prefer(undefined)
})
