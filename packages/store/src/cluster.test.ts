import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from './store.ts'

/** Takes every statement, and answers what a ClickHouse of a cluster would to the questions of a start. */
let server: Server
let statements: { sql: string; headers: Record<string, unknown>; settings: URLSearchParams }[]
let answers: [RegExp, Record<string, unknown>[]][]
beforeEach(async () => {
  statements = []
  answers = [
    [/version\(\)/, [{ version: '26.7.2.1', tables: '0' }]],
    [/FROM system\.settings/, [{ name: 'hnsw_candidate_list_size_for_search', value: '256' }]],
  ]
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '', 'http://double')
    const body = Buffer.concat(chunks).toString()
    const form = /name="query"\r\n\r\n([\s\S]*?)\r\n--/.exec(body)?.[1]
    const sql = url.searchParams.get('query') ?? form ?? body
    statements.push({ sql: sql.replace(/\s+/g, ' ').trim(), headers: request.headers, settings: url.searchParams })
    const data = answers.find(([pattern]) => pattern.test(sql))?.[1] ?? []
    response.end(JSON.stringify({ meta: [], data, rows: data.length }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const sent = (pattern: RegExp) => statements.map(({ sql }) => sql).filter((sql) => pattern.test(sql))

test('on a cluster, tables are replicated and spread by id, and every change reaches every node', async () => {
  await using store = await openStore({
    kind: 'server',
    url: url(),
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

  answers.push([/create_table_query AS ddl/, [{ ddl: 'CHECK length(prompt_vector) = 512' }]])
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
  answers.push([/FROM system\.databases/, [{ found: '1' }]])
  await using store = await openStore(
    { kind: 'server', url: url(), user: 'ann', password: 'pässword', settings: { max_threads: 2 } },
    { run: 'run-77' },
  )
  await store.database.rows('SELECT 1')
  for (const { headers, settings } of statements) {
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ann:pässword').toString('base64')}`)
    expect([settings.get('log_comment'), settings.get('max_threads')]).toEqual(['run-77', '2'])
  }
  expect(sent(/^CREATE DATABASE/)).toEqual([])
})

test('a ClickHouse without vector indexes is named, with what would do', async () => {
  answers.unshift([/FROM system\.settings/, []])
  await expect(openStore({ kind: 'server', url: url() })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/ClickHouse 26\.7\.2\.1 has no vector index; 25\.8 or newer/),
  })
})
