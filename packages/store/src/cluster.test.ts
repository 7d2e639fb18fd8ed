import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClickHouseDouble } from './clickhouse.double.ts'
import { openStore } from './store.ts'

let server: ClickHouseDouble
beforeEach(async () => {
  server = await ClickHouseDouble.start()
})
afterEach(() => server[Symbol.asyncDispose]())

const sent = (pattern: RegExp) => server.sent(pattern)

test('on a cluster, tables are replicated and spread by id, and every change reaches every node', async () => {
  await using store = await openStore({
    kind: 'server',
    url: server.url,
    database: 'art',
    cluster: 'main',
    replicated: true,
    distributed: true,
  })
  const table = store.table('text')
  await table.ensure(512)
  expect(sent(/^CREATE DATABASE/)).toEqual(['CREATE DATABASE art ON CLUSTER main'])
  const [local, spread] = sent(/^CREATE TABLE IF NOT EXISTS art\.prompt_text/)
  expect(local).toMatch(
    /^CREATE TABLE IF NOT EXISTS art\.prompt_text_local ON CLUSTER main .* ENGINE = ReplicatedMergeTree ORDER BY id/,
  )
  expect(local).toContain('CONSTRAINT prompt_vector_length CHECK length(prompt_vector) = 512')
  expect(spread).toBe(
    'CREATE TABLE IF NOT EXISTS art.prompt_text ON CLUSTER main AS art.prompt_text_local ENGINE = Distributed(main, art, prompt_text_local, cityHash64(id))',
  )

  server.answer(/create_table_query AS ddl/, [{ ddl: 'CHECK length(prompt_vector) = 512' }])
  await table.remove('text-00003')
  expect(sent(/^DELETE/)[0]).toMatch(/^DELETE FROM art\.prompt_text_local ON CLUSTER main WHERE shard = /)
  await table.publish()
  expect(sent(/^EXCHANGE/)).toEqual([
    'EXCHANGE TABLES art.prompt_text_local AND art.prompt_text_next_local ON CLUSTER main',
  ])
  expect(sent(/^DROP TABLE/)).toEqual([
    'DROP TABLE IF EXISTS art.prompt_text_next ON CLUSTER main SYNC',
    'DROP TABLE IF EXISTS art.prompt_text_next_local ON CLUSTER main SYNC',
  ])
  await table.dropIndex()
  expect(sent(/DROP INDEX/)).toEqual([
    'ALTER TABLE art.prompt_text_local ON CLUSTER main DROP INDEX IF EXISTS prompt_vector_index',
  ])
  await table.indexState()
  expect(sent(/clusterAllReplicas\('main', system\.parts\)/)).not.toEqual([])
  await table.search({ vector: new Float32Array(512).fill(1), k: 3 })
  expect(sent(/cosineDistance/)[0]).toMatch(/FROM art\.prompt_text ORDER BY/)
})

test('user, password, run and settings go with every statement; a default database is not created', async () => {
  server.answer(/FROM system\.databases/, [{ found: '1' }])
  await using store = await openStore(
    { kind: 'server', url: server.url, user: 'ann', password: 'pässword', settings: { max_threads: 2 } },
    { run: 'run-77' },
  )
  await store.database.rows('SELECT 1')
  for (const { headers, settings } of server.statements) {
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ann:pässword').toString('base64')}`)
    expect([settings.get('log_comment'), settings.get('max_threads')]).toEqual(['run-77', '2'])
  }
  expect(sent(/^CREATE DATABASE/)).toEqual([])
})

test('a ClickHouse without vector indexes is named, with what would do', async () => {
  server.answer(/FROM system\.settings/, [])
  await expect(openStore({ kind: 'server', url: server.url })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/ClickHouse 26\.7\.2\.1 has no vector index; 25\.8 or newer/),
  })
})
