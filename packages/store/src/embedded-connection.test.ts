import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmbeddedConnection } from './embedded-connection.ts'
import { EmbeddedEngine } from './embedded-engine.ts'

/** Each fault of the stock connection of chDB 3.4.0, and each trap of ClickHouse 26.7, as a test of ours. */
let folder: string
let client: ClickHouseClient
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-connection-'))
  const engine = await EmbeddedEngine.open(join(folder, 'db'))
  client = createClient({ connection: new EmbeddedConnection(engine), log: { level: ClickHouseLogLevel.OFF } })
  await client.command({ query: 'CREATE DATABASE d' })
})
afterAll(async () => {
  await client.close()
  await rm(folder, { recursive: true, force: true })
})

async function rows(query: string, more: object = {}): Promise<Record<string, unknown>[]> {
  return (await client.query({ query, format: 'JSONEachRow', ...more })).json()
}

test('a statement that fails after its first rows leaks none of them into the next', async () => {
  for (let round = 0; round < 20; round++) {
    const failing = rows('SELECT number, throwIf(number = 200000) FROM numbers(1000000)')
    await expect(failing).rejects.toMatchObject({ code: '395' })
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
  }
})

test('settings, tags and values of one statement do not stick to the next', async () => {
  const settings = { max_threads: 3, insert_deduplication_token: 'mine', log_comment: 'a run' }
  await rows('SELECT {x:String} AS x', { clickhouse_settings: settings, query_params: { x: 'secret' } })
  const [after] = await rows(
    "SELECT getSetting('max_threads') AS threads, getSetting('insert_deduplication_token') AS token",
  )
  expect(after).toMatchObject({ token: '' })
  expect(Number(after?.threads)).not.toBe(3)
  await expect(rows('SELECT {x:String} AS x')).rejects.toMatchObject({ code: '456' })
})

test('reads that follow one another know nothing of each other, whichever session they get', async () => {
  const threads = async (settings: object) =>
    Number((await rows("SELECT getSetting('max_threads') AS threads", { clickhouse_settings: settings }))[0]?.threads)
  const standard = await threads({})
  for (let round = 0; round < 5; round++) {
    const own = 3 + round
    expect(await threads({ max_threads: own })).toBe(own)
    expect(await threads({})).toBe(standard)
    await rows(`SELECT 1 SETTINGS max_threads = ${own + 1}`)
    expect(await threads({})).toBe(standard)
    expect(await rows('SELECT {x:String} AS x', { query_params: { x: `v${own}` } })).toEqual([{ x: `v${own}` }])
    await expect(rows('SELECT {x:String} AS x', { query_params: { y: 'other' } })).rejects.toMatchObject({
      code: '456',
    })
  }
})

test('a table that was read can be dropped, made anew and exchanged at once', async () => {
  const made = (table: string, value: number) =>
    client.command({ query: `CREATE TABLE d.${table} ENGINE = MergeTree ORDER BY n AS SELECT ${value} AS n` })
  const seen = async () => (await rows('SELECT n FROM d.passing'))[0]?.n
  await made('passing', 1)
  expect(await seen()).toBe(1)
  await client.command({ query: 'DROP TABLE d.passing SYNC' })
  await expect(seen()).rejects.toMatchObject({ code: '60' })
  await made('passing', 2)
  expect(await seen()).toBe(2)
  await made('coming', 3)
  await client.command({ query: 'EXCHANGE TABLES d.passing AND d.coming' })
  expect(await seen()).toBe(3)
})

test('values of statements that run side by side do not mix', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      rows('SELECT {x:String} AS x, sleep(0.01)', { query_params: { x: `v${at}` } }),
    ),
  )
  expect(answers.map(([row]) => row?.x)).toEqual(Array.from({ length: 40 }, (_, at) => `v${at}`))
})

test('values arrive as they are, whatever is in them', async () => {
  for (const x of ["it's", '\\', '\n\t\r\0', '😀 {x:String} ; SELECT', '', "'); DROP DATABASE d; --"]) {
    expect(await rows('SELECT {x:String} AS x', { query_params: { x } })).toEqual([{ x }])
  }
  const list = ["a'b", 'c\\d', 'e,f]']
  expect(await rows('SELECT {x:Array(String)} AS x', { query_params: { x: list } })).toEqual([{ x: list }])
})

test('aborting a statement kills it, and the next does not wait for it', async () => {
  const controller = new AbortController()
  const long = rows('SELECT count() FROM numbers(1000000000000)', { abort_signal: controller.signal })
  setTimeout(() => controller.abort(), 100)
  await expect(long).rejects.toThrow()
  const listed =
    "SELECT count() AS running FROM system.processes WHERE query LIKE '%1000000000000%' AND query NOT LIKE '%processes%'"
  await expect.poll(() => rows(listed), { timeout: 3000 }).toEqual([{ running: '0' }])
})

test('four statements that never end leave room to kill them and to read files', async () => {
  const controller = new AbortController()
  const long = Array.from({ length: 5 }, () =>
    rows('SELECT count() FROM numbers(1000000000001)', { abort_signal: controller.signal }).catch(() => 'ended'),
  )
  await new Promise((done) => setTimeout(done, 200))
  expect(await readdir(folder)).toContain('db')
  controller.abort()
  expect(await Promise.all(long)).toEqual(Array(5).fill('ended'))
})

test('binary bodies arrive byte for byte: Parquet out of one table and into another', async () => {
  await client.command({ query: 'CREATE TABLE d.from (id UInt64, v Array(Float32)) ENGINE = MergeTree ORDER BY id' })
  await client.command({ query: 'CREATE TABLE d.to AS d.from' })
  await client.command({
    query: 'INSERT INTO d.from SELECT number, arrayMap(i -> toFloat32(sin(number + i)), range(16)) FROM numbers(1000)',
  })
  const { stream } = await client.exec({ query: 'SELECT * FROM d.from FORMAT Parquet' })
  await client.insert({ table: 'd.to', values: stream as Readable, format: 'Parquet' })
  const digest = (table: string) => rows(`SELECT toString(sum(cityHash64(id, v))) AS digest FROM d.${table}`)
  expect(await digest('to')).toEqual(await digest('from'))
  expect(await readdir(join(folder, 'db', 'spool'))).toEqual([])
})

test('an INSERT … SELECT … FROM input() takes its body too, and rows as JSON', async () => {
  await client.command({ query: 'CREATE TABLE d.named (id UInt64, run String) ENGINE = MergeTree ORDER BY id' })
  const { stream } = await client.exec({
    query: "INSERT INTO d.named SELECT id, {run:String} FROM input('id UInt64') FORMAT CSV",
    query_params: { run: "r'1" },
    values: Readable.from(['1\n2\n']),
  })
  stream.resume()
  await client.insert({ table: 'd.named', values: [{ id: 3, run: 'r2' }], format: 'JSONEachRow' })
  expect(await rows('SELECT id, run FROM d.named ORDER BY id')).toEqual([
    { id: '1', run: "r'1" },
    { id: '2', run: "r'1" },
    { id: '3', run: 'r2' },
  ])
})

test('64-bit integers are quoted, as a server quotes them: none is rounded', async () => {
  expect(await rows('SELECT toUInt64(9007199254740993) AS big')).toEqual([{ big: '9007199254740993' }])
})

test('errors carry their number and all of their words', async () => {
  const unknown = rows('SELECT nope FROM d.from')
  await expect(unknown).rejects.toMatchObject({ code: '47', type: 'UNKNOWN_IDENTIFIER' })
  await expect(unknown).rejects.toThrow(/nope/)
  await expect(rows('SELEC 1')).rejects.toMatchObject({ code: '62' })
})

test('a filtered vector search does not poison later counts (query condition cache of 26.7)', async () => {
  await client.command({
    query: `CREATE TABLE d.flagged (id UInt32, flag UInt8, v Array(Float32),
      INDEX i v TYPE vector_similarity('hnsw', 'cosineDistance', 8)) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 64`,
  })
  await client.command({
    query: `INSERT INTO d.flagged SELECT number, number % 97 = 0, arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(8))
      FROM numbers(20000)`,
  })
  const vector = `[${Array.from({ length: 8 }, (_, at) => Math.cos(at)).join(',')}]`
  await rows(`SELECT id FROM d.flagged WHERE flag = 1 ORDER BY cosineDistance(v, ${vector}) LIMIT 10`)
  expect(await rows('SELECT count() AS n FROM d.flagged WHERE flag = 1')).toEqual([{ n: '207' }])
})

test('closing waits for what runs; afterwards the folder opens again in this process', async () => {
  const path = join(folder, 'db')
  const running = rows('SELECT sleep(0.3) AS done')
  await client.close()
  expect(await running).toHaveLength(1)
  await expect(rows('SELECT 1')).rejects.toThrow(/is closed/)
  const engine = await EmbeddedEngine.open(path)
  client = createClient({ connection: new EmbeddedConnection(engine), log: { level: ClickHouseLogLevel.OFF } })
  expect(await rows('SELECT count() AS n FROM d.flagged')).toEqual([{ n: '20000' }])
})
