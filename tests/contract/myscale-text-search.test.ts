import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@promptloom/store/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDouble } from './double-store.ts'
import { profiles } from './myscale/profile.ts'
import type { SqlDouble } from './myscale/server.ts'
import { DIMENSION, writeShard } from './store-contract.ts'

let folder: string
let behind: Awaited<ReturnType<typeof startDouble>>
let double: SqlDouble
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-text-search-'))
  behind = await startDouble(profiles.find(({ name }) => name === 'cloud-1.x'))
  double = behind.double
  store = await openStore(behind.config)
  const path = join(folder, 'shard.parquet')
  await writeShard(path, 0, 40)
  await store.table('text').ensure(DIMENSION)
  await store.table('text').load({ path, shard: 'text-00000', digest: 'd', rows: 40, run: 'r' })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await behind[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const searches = () => double.statements.filter((sql) => sql.includes('TextSearch('))
const search = (request: object) => store.table('text').searchWords({ words: 'Castles number14', k: 3, ...request })

test('words are looked for by TextSearch, among four rows for each one wanted, and ranked as everywhere', async () => {
  const answer = await search({})
  expect(answer.used).toBe('text search')
  expect(answer.hits.map((hit) => [hit.id, hit.matched])).toEqual([
    ['row-14', 2],
    ['row-0', 1],
    ['row-7', 1],
  ])
  expect(answer.words).toEqual([
    { word: 'castles', rows: 6 },
    { word: 'number14', rows: 1 },
  ])
  expect(searches().at(-1)).toMatch(/TextSearch\(prompt, 'castles number14'\) AS relevance\s+FROM [\w.]+ ORDER BY/)
  expect(answer.hits[0]).not.toHaveProperty('relevance')
})

test('a filter goes along; where too few rows come back, every prompt is looked at', async () => {
  const filter = { column: 'width', is: '=', value: 512 } as const
  const one = await search({ k: 1, filter })
  expect([one.used, one.hits.map(({ id }) => id)]).toEqual(['text search', ['row-7']])
  expect(searches().at(-1)).toContain('WHERE width = {f0:UInt64} ORDER BY relevance DESC')
  const short = await search({ k: 5, filter })
  expect([short.used, short.hits.map(({ id }) => id)]).toEqual(['scan', ['row-7', 'row-28']])
})

test('columns and vectors can be asked for, and operators of its query language are words like others', async () => {
  const { used, hits } = await search({ words: "castles AND NOT (number14) OR '", k: 1, columns: ['prompt_vector'] })
  expect([used, hits[0]?.id]).toEqual(['text search', 'row-14'])
  expect(hits[0]?.prompt_vector).toHaveLength(DIMENSION)
  expect(hits[0]).not.toHaveProperty('prompt')
  expect(searches().at(-1)).toContain("TextSearch(prompt, 'castles and not number14 or')")
})

test('a table that lacks the index, made by an earlier version, is scanned until a load brings it', async () => {
  const { name } = store.table('text')
  await store.database.command(`ALTER TABLE ${name} DROP INDEX prompt_words`)
  const before = searches().length
  const answer = await search({})
  expect([answer.used, answer.hits[0]?.id]).toEqual(['scan', 'row-14'])
  expect(searches()).toHaveLength(before)
})
