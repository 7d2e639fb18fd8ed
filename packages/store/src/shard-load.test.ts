import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { deleteRows, loadShard, type ShardFile, shardRows } from './shard-load.ts'
import { shapes } from './table-kind.ts'

const INSERT = /^INSERT INTO db\.t/
const LOST: Answer = { raw: (response) => void response.destroy() }
const TOO_MANY_PARTS: Answer = { code: 252, message: 'Too many parts (300).' }

let folder: string
let server: ClickHouseDouble
let client: ClickHouseClient
let path: string
/** What the table holds: rows of shard `s`, by digest. */
let held: Map<string, number>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-load-'))
  path = join(folder, 's.parquet')
  await writeFile(path, 'the file')
  held = new Map()
  server = await ClickHouseDouble.start()
  server.answer(/^SELECT shard_digest AS digest/, () =>
    [...held].map(([digest, rows]) => ({ digest, rows: `${rows}` })),
  )
  server.answer(/^SELECT count\(\) AS running/, [{ running: '0' }])
  server.answer(/^DELETE FROM/, ({ sql, settings }) => {
    const digest = settings.get('param_digest') as string
    for (const one of [...held.keys()]) if ((one === digest) === sql.includes('shard_digest =')) held.delete(one)
    return []
  })
  server.answer(INSERT, ({ settings }) => arrive(settings.get('param_digest') as string, 10))
  client = server.connect()
})
afterEach(async () => {
  await client.close()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function arrive(digest: string, rows: number): Answer {
  held.set(digest, (held.get(digest) ?? 0) + rows)
  return []
}

const target = (local = false) => ({
  database: new Database(client, 'db'),
  table: 'db.t',
  stored: { table: 'db.t_local', onCluster: ' ON CLUSTER main' },
  shape: shapes.text,
  local,
  settings: { max_insert_threads: 1 },
  backoff: 1,
})
const load = (changes: Partial<ShardFile> = {}, local = false) =>
  loadShard(target(local), { path, shard: 's', digest: 'new', rows: 10, run: 'run-1', ...changes })

describe('what is done', () => {
  test('an empty table gets the rows, with where they come from bound to the statement', async () => {
    expect(await load()).toBe('loaded')
    expect(held).toEqual(new Map([['new', 10]]))
    const [insert] = server.statements.filter(({ sql }) => INSERT.test(sql))
    expect(insert?.sql).toMatch(
      /^INSERT INTO db\.t \(id, .*prompt_vector, shard, shard_digest, run\) SELECT id, .* FORMAT Parquet$/,
    )
    expect(insert?.sql).toContain("FROM input('id String, prompt String")
    expect(insert?.body.toString()).toBe('the file')
    const settings = Object.fromEntries(insert?.settings ?? [])
    expect(settings).toMatchObject({ param_shard: 's', param_digest: 'new', param_run: 'run-1' })
    expect(settings).toMatchObject({ max_insert_threads: '1', async_insert: '0' })
    expect(settings.insert_deduplication_token).toMatch(/^s-new-/)
    expect(server.sent(/^DELETE/)).toEqual([])
  })

  test('an engine on this machine reads the file itself', async () => {
    await load({}, true)
    const [insert] = server.sent(INSERT)
    expect(insert).toContain(`FROM file('${path}', 'Parquet', 'id String, prompt String`)
    expect(insert).not.toMatch(/FORMAT/)
  })

  test('rows that are there already stay, untouched', async () => {
    held.set('new', 10)
    expect(await load()).toBe('present')
    expect([server.sent(INSERT), server.sent(/^DELETE/)]).toEqual([[], []])
  })

  test('rows of an older file go out after the new ones went in', async () => {
    held.set('old', 9).set('older', 3)
    expect(await load()).toBe('loaded')
    expect(held).toEqual(new Map([['new', 10]]))
    const order = server.statements.map(({ sql }) => sql.split(' ')[0]).filter((verb) => verb !== 'SELECT')
    expect(order).toEqual(['INSERT', 'DELETE'])
    expect(server.sent(/^DELETE/)[0]).toMatch(
      /^DELETE FROM db\.t_local ON CLUSTER main WHERE shard = .* shard_digest !=/,
    )
  })

  test('an older file’s rows go out too where the new ones were there before the crash', async () => {
    held.set('new', 10).set('old', 9)
    expect(await load()).toBe('present')
    expect(held).toEqual(new Map([['new', 10]]))
  })

  test.each([3, 20])('%i rows of this file, from an attempt that went wrong, are taken out first', async (rows) => {
    held.set('new', rows)
    expect(await load()).toBe('loaded')
    expect(held).toEqual(new Map([['new', 10]]))
  })

  test('a file without rows is there at once', async () => {
    server.answer(INSERT, [])
    expect(await load({ rows: 0 })).toBe('loaded')
    expect(held.size).toBe(0)
  })
})

describe('what goes wrong', () => {
  test('an answer lost after the rows went in is no reason to send them again', async () => {
    server.answer(
      INSERT,
      ({ settings }) => {
        arrive(settings.get('param_digest') as string, 10)
        return LOST
      },
      1,
    )
    expect(await load()).toBe('loaded')
    expect(held).toEqual(new Map([['new', 10]]))
    expect(server.sent(INSERT)).toHaveLength(1)
    expect(server.sent(/^KILL QUERY/)[0]).toMatch(/^KILL QUERY ON CLUSTER main WHERE query_id = /)
  })

  test('half of the rows are taken out before the next try, which has a token of its own', async () => {
    server.answer(
      INSERT,
      ({ settings }) => {
        arrive(settings.get('param_digest') as string, 4)
        return LOST
      },
      1,
    )
    await load()
    expect(held).toEqual(new Map([['new', 10]]))
    const tokens = server.statements
      .filter(({ sql }) => INSERT.test(sql))
      .map(({ settings }) => settings.get('insert_deduplication_token'))
    expect(new Set(tokens).size).toBe(2)
  })

  test('a try that brought nothing is repeated with the same token, so that a late commit is not doubled', async () => {
    server.answer(INSERT, TOO_MANY_PARTS, 2)
    await load()
    const inserts = server.statements.filter(({ sql }) => INSERT.test(sql))
    expect(inserts).toHaveLength(3)
    expect(new Set(inserts.map(({ settings }) => settings.get('insert_deduplication_token'))).size).toBe(1)
    expect(new Set(inserts.map(({ settings }) => settings.get('query_id'))).size).toBe(3)
  })

  test('six tries are enough', async () => {
    server.answer(INSERT, TOO_MANY_PARTS)
    await expect(load()).rejects.toMatchObject({ code: 252, retryable: true, exitCode: 1 })
    expect(server.sent(INSERT)).toHaveLength(6)
  })

  test('what another try cannot cure is not tried again', async () => {
    server.answer(INSERT, { code: 469, message: 'Constraint `prompt_vector_length` is violated.' })
    await expect(load()).rejects.toMatchObject({
      code: 469,
      retryable: false,
      message: expect.stringContaining('Constraint `prompt_vector_length` is violated.'),
    })
    expect(server.sent(INSERT)).toHaveLength(1)
  })

  test('a file that brings fewer rows than its checkpoint says is refused, and nothing of it stays', async () => {
    await expect(load({ rows: 12 })).rejects.toMatchObject({
      exitCode: 1,
      message: `${path} should bring 12 rows into db.t, but 10 arrived; they were taken out again. Check the file, then run again.`,
    })
    expect(held.size).toBe(0)
  })

  test('the rows of the older file stay where the new one could not be loaded', async () => {
    held.set('old', 9)
    server.answer(INSERT, { code: 33, message: 'Cannot read all data.' })
    await expect(load()).rejects.toMatchObject({ code: 33 })
    expect(held).toEqual(new Map([['old', 9]]))
  })

  test('a user who may not kill statements waits until the server no longer lists it', async () => {
    server.answer(INSERT, LOST, 1)
    server.answer(/^KILL QUERY/, { code: 497, message: 'Not enough privileges.' })
    server.answer(/^SELECT count\(\) AS running/, [{ running: '1' }], 1)
    expect(await load()).toBe('loaded')
    expect(server.sent(/AS running/)).toHaveLength(2)
  })

  test('an interrupted load ends with the reason, not with a failure of the database', async () => {
    const interrupt = new AbortController()
    const reason = new Error('interrupted')
    server.answer(INSERT, { raw: () => interrupt.abort(reason) })
    await expect(load({ signal: interrupt.signal })).rejects.toBe(reason)
  })
})

describe('rows of a shard', () => {
  test('are counted by digest, and none are none', async () => {
    expect(await shardRows(target(), 's')).toEqual(new Map())
    held.set('a', 3)
    expect(await shardRows(target(), 's')).toEqual(new Map([['a', 3]]))
  })

  test.each([
    ['all', {}, []],
    ['those of one file', { only: 'a' }, ['b']],
    ['all but those of one file', { except: 'a' }, ['a']],
  ])('%s are deleted, and the deletion is waited for', async (_, which, left) => {
    held.set('a', 1).set('b', 2)
    await deleteRows(target(), 's', which)
    expect([...held.keys()]).toEqual(left)
    expect(server.statements.at(-1)?.settings.get('mutations_sync')).toBe('1')
  })
})
