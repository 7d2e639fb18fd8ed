import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, ClickHouseDouble } from './clickhouse.double.ts'
import { sqlNames } from './sql-text.ts'
import { openStore } from './store.ts'
import { StoreUnreachableError } from './store-error.ts'
import { storeStatus } from './store-status.ts'

let server: ClickHouseDouble
beforeEach(async () => {
  server = await ClickHouseDouble.start()
})
afterEach(() => server[Symbol.asyncDispose]())

const open = (changes: object = {}) => openStore({ kind: 'server', url: server.url, database: 'art', ...changes })
const WAKE = /^SELECT 1 AS ok/
const gone: Answer = { raw: (response) => void response.destroy() }

describe('a start', () => {
  test('looks first whether anybody is there, and creates what is missing', async () => {
    await using _ = await open()
    const kinds = server.statements.map(({ sql }) => sql)
    expect(kinds[0]).toMatch(WAKE)
    expect(kinds.filter((sql) => !sql.startsWith('SELECT')).map((sql) => sql.split('(')[0]?.trim())).toEqual([
      'CREATE DATABASE art',
      expect.stringMatching(/^CREATE TABLE IF NOT EXISTS art\.promptloom_migrations/),
    ])
  })

  test('leaves a database alone that exists', async () => {
    server.answer(/FROM system\.databases/, [{ found: '1' }])
    await using _ = await open()
    expect(server.sent(/^CREATE DATABASE/)).toEqual([])
  })

  test('waits for a server that wakes up', async () => {
    server.answer(WAKE, gone, 5)
    await using store = await open()
    expect(store.dialect.engine).toBe('clickhouse')
    expect(server.sent(WAKE).length).toBeGreaterThan(5)
  })

  test('does not wait longer than it may', async () => {
    server.answer(WAKE, gone)
    await expect(open({ wakeTimeout: 0 })).rejects.toBeInstanceOf(StoreUnreachableError)
  })

  test('does not wait for a server that refuses', async () => {
    server.answer(WAKE, { code: 516, message: 'Authentication failed: password is incorrect.' })
    await expect(open()).rejects.toMatchObject({
      code: 516,
      exitCode: 1,
      message: expect.stringContaining('password is incorrect'),
    })
    expect(server.sent(WAKE)).toHaveLength(1)
  })

  test('can be given up, with the reason', async () => {
    server.answer(WAKE, gone)
    const reason = new Error('interrupted')
    const config = { kind: 'server', url: server.url } as const
    await expect(openStore(config, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('on a user who may not create a database says so', async () => {
    server.answer(/^CREATE DATABASE/, { code: 497, message: 'Not enough privileges.' })
    await expect(open()).rejects.toMatchObject({
      code: 497,
      message: expect.stringContaining('Not enough privileges.'),
    })
  })
})

describe('migrations', () => {
  const applied = (files: Record<string, string>): Answer =>
    Object.entries(files).map(([file, sha256]) => ({ file, sha256 }))
  const remembered = () =>
    server.statements
      .filter(({ sql }) => /^INSERT INTO art\.promptloom_migrations/.test(sql))
      .map(({ settings }) => ({
        file: settings.get('param_file'),
        number: settings.get('param_number'),
        sha256: settings.get('param_sha256'),
      }))

  test('are applied in order, each remembered once its statements have run', async () => {
    await using store = await open()
    await store.table('text').ensure(4)
    const names = (await sqlNames('migrations/text')).filter((name) => !name.includes('.'))
    expect(remembered().map(({ file }) => file)).toEqual(names)
    expect(remembered().map(({ number }) => number)).toEqual(names.map((name) => String(Number.parseInt(name, 10))))
    expect(remembered().every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256 ?? ''))).toBe(true)
  })

  test('for a text index are left out where the engine has none', async () => {
    await using store = await open()
    await store.table('text').ensure(4)
    expect(server.sent(/ADD INDEX/)).toEqual([])
    expect(remembered().some(({ file }) => file?.includes('text-index'))).toBe(false)
  })

  test('that ran are not run again', async () => {
    await using store = await open()
    await store.table('text').ensure(4)
    const done = Object.fromEntries(remembered().map(({ file, sha256 }) => [file as string, sha256 as string]))
    server.answer(/^SELECT file, sha256 FROM art\.promptloom_migrations/, applied(done))
    server.statements.length = 0
    await store.table('text').ensure(4)
    expect([server.sent(/^CREATE TABLE/), remembered()]).toEqual([[], []])
  })

  test('that were edited afterwards are refused, by name', async () => {
    await using store = await open()
    server.answer(/^SELECT file, sha256 FROM/, applied({ '0001-prompts': 'other' }))
    await expect(store.table('text').ensure(4)).rejects.toMatchObject({
      exitCode: 1,
      message:
        'sql/migrations/text/0001-prompts.sql was edited after it was applied to art.prompt_text; put the change into a new file with the next number.',
    })
  })

  test('that fail are not remembered', async () => {
    await using store = await open()
    server.answer(/^CREATE TABLE IF NOT EXISTS art\.prompt_text/, { code: 497, message: 'Not enough privileges.' })
    await expect(store.table('text').ensure(4)).rejects.toMatchObject({ code: 497 })
    expect(remembered()).toEqual([])
  })
})

describe('what a table holds', () => {
  const DDL = [{ ddl: 'CREATE TABLE art.prompt_text (CONSTRAINT a CHECK length(prompt_vector) = 512)' }]

  test('is nothing while there is no table', async () => {
    await using store = await open()
    expect(await store.table('text').holding()).toEqual({
      ...{ exists: false, dimension: undefined, models: [], rows: 0, shards: new Map() },
    })
  })

  test('is counted by shard and file, with every model that is in it', async () => {
    server.answer(/create_table_query AS ddl/, DDL)
    server.answer(/GROUP BY shard, digest, model/, [
      { shard: 'text-00000', digest: 'd1', model: 'm1', rows: '90' },
      { shard: 'text-00000', digest: 'd1', model: 'm2', rows: 10 },
      { shard: 'text-00001', digest: 'd2', model: 'm1', rows: '5' },
    ])
    await using store = await open()
    expect(await store.table('text').holding()).toEqual({
      exists: true,
      dimension: 512,
      models: ['m1', 'm2'],
      rows: 105,
      shards: new Map([
        ['text-00000', new Map([['d1', 100]])],
        ['text-00001', new Map([['d2', 5]])],
      ]),
    })
  })

  test('of another length is no place for vectors of this one', async () => {
    server.answer(/create_table_query AS ddl/, DDL)
    await using store = await open()
    await expect(store.table('text').ensure(768)).rejects.toMatchObject({
      exitCode: 1,
      message:
        'art.prompt_text holds vectors of 512 values, and 768 were to be loaded; load into its next generation instead.',
    })
    expect(server.sent(/^CREATE TABLE IF NOT EXISTS art\.prompt_text/)).toEqual([])
  })
})

describe('the status', () => {
  test('of a server shows its address without user and password', async () => {
    const url = server.url.replace('//', '//ann:secret@')
    await using store = await open({ url })
    const status = await storeStatus(store)
    expect(status).toMatchObject({ location: `${server.url}/`, database: 'art', engine: 'clickhouse', tables: [] })
    expect(JSON.stringify(status)).not.toContain('secret')
  })

  test.each<[string, Answer, object]>([
    [
      'both',
      [
        { metric: 'MemoryTracking', value: '1000' },
        { metric: 'VectorSimilarityIndexCacheBytes', value: '20' },
      ],
      { total: 1000, indexes: 20 },
    ],
    ['one', [{ metric: 'MemoryTracking', value: '1000' }], { total: 1000, indexes: null }],
    [
      'none, as this user may not see them',
      { code: 497, message: 'Not enough privileges.' },
      { total: null, indexes: null },
    ],
  ])('tells the figures of memory that there are: %s', async (_, answer, memory) => {
    server.answer(/FROM system\.metrics/, answer)
    await using store = await open()
    expect((await storeStatus(store)).memory).toEqual(memory)
  })
})
