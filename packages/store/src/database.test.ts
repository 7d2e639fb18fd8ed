import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ClickHouseClient } from '@clickhouse/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { StatementError, StoreError, StoreUnreachableError } from './store-error.ts'

let server: ClickHouseDouble
let client: ClickHouseClient
let database: Database
beforeEach(async () => {
  server = await ClickHouseDouble.start()
  client = server.connect()
  database = new Database(client, 'art', { log_comment: 'run-7' })
})
afterEach(async () => {
  await client.close()
  await server[Symbol.asyncDispose]()
})

const raw = (body: string, status = 200): Answer => ({
  raw: (response) => void response.writeHead(status).end(body),
})

describe('a question', () => {
  test('has all its rows, its values bound, and its run in the query log', async () => {
    server.answer(/^SELECT id/, [{ id: 'a' }, { id: 'b' }])
    const rows = await database.rows('SELECT id FROM t WHERE x = {x:String}', { params: { x: "it's" }, queryId: 'q-1' })
    expect(rows).toEqual([{ id: 'a' }, { id: 'b' }])
    const { settings } = server.statements[0] ?? {}
    expect(settings?.get('param_x')).toBe("it\\'s")
    expect([settings?.get('log_comment'), settings?.get('query_id')]).toEqual(['run-7', 'q-1'])
    expect(settings?.get('wait_end_of_query')).toBe('1')
  })

  test('for one row has the first, or none', async () => {
    server.answer(/^SELECT a/, [{ a: 1 }, { a: 2 }])
    expect(await database.row('SELECT a')).toEqual({ a: 1 })
    expect(await database.row('SELECT nothing')).toBeUndefined()
  })

  test('a setting of its own goes before the database’s', async () => {
    await database.rows('SELECT 1', { settings: { log_comment: 'other', max_threads: 2 } })
    const { settings } = server.statements[0] ?? {}
    expect([settings?.get('log_comment'), settings?.get('max_threads')]).toEqual(['other', '2'])
  })

  test.each([
    ['an answer that is cut', raw('{"meta":[],"data":[{"a":1},')],
    ['a page of a proxy', raw('<html>504 Gateway Time-out</html>', 504)],
    ['a page of a proxy that says it is fine', raw('<html>maintenance</html>')],
    ['a connection that closes', { raw: (response) => void response.destroy() } as Answer],
    ['too many queries', { code: 202, message: 'Too many simultaneous queries.' } as Answer],
    ['a lost Keeper', { code: 999, message: 'Session expired.' } as Answer],
  ])('%s is asked again', async (_, answer) => {
    server.answer(/^SELECT a/, [{ a: 1 }])
    server.answer(/^SELECT a/, answer, 1)
    expect(await database.rows('SELECT a')).toEqual([{ a: 1 }])
    expect(server.statements).toHaveLength(2)
  })

  test.each([
    ['a mistake in it', { code: 62, message: 'Syntax error.' }],
    ['a table that is missing', { code: 60, message: 'Unknown table.' }],
    ['too long a time', { code: 159, message: 'Timeout exceeded.' }],
  ])('%s is not', async (_, answer) => {
    server.answer(/^SELECT a/, answer)
    const failing = database.rows('SELECT a')
    await expect(failing).rejects.toBeInstanceOf(StatementError)
    await expect(failing).rejects.toMatchObject({
      code: answer.code,
      exitCode: 1,
      message: expect.stringMatching(
        `^The database refused a statement \\(code ${answer.code}\\): .*${answer.message}`,
      ),
    })
    expect(server.statements).toHaveLength(1)
  })

  test('four tries are enough', async () => {
    server.answer(/^SELECT a/, { code: 241, message: 'Memory limit exceeded.' })
    await expect(database.rows('SELECT a')).rejects.toMatchObject({ code: 241, retryable: true })
    expect(server.statements).toHaveLength(4)
  })

  test('a caller who gives up is told its own reason', async () => {
    const reason = new Error('the user went away')
    await expect(database.rows('SELECT a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('a statement', () => {
  test('that answers nothing is sent once, and its failure is a failure', async () => {
    await database.command('CREATE TABLE t')
    server.answer(/^CREATE/, { code: 57, message: 'Table exists.' })
    await expect(database.command('CREATE TABLE t')).rejects.toMatchObject({ code: 57, retryable: false })
    server.answer(/^CREATE/, { raw: (response) => void response.destroy() })
    await expect(database.command('CREATE TABLE t')).rejects.toBeInstanceOf(StoreUnreachableError)
    expect(server.sent(/^CREATE/)).toHaveLength(3)
  })

  test('with data sends it as it comes', async () => {
    await database.send('INSERT INTO t FORMAT CSV', Readable.from(['1\n', '2\n']))
    expect(server.statements[0]?.body.toString()).toBe('1\n2\n')
  })

  test('for bytes has them as they are', async () => {
    server.answer(/FORMAT CSV/, raw('1,"a"\n'))
    expect(await text(await database.bytes('SELECT * FROM t FORMAT CSV'))).toBe('1,"a"\n')
  })
})

test('a server that is not there is unreachable: another try may help, and the sentence says what happened', async () => {
  const gone = await ClickHouseDouble.start()
  const nobody = gone.connect()
  await gone[Symbol.asyncDispose]()
  const failing = new Database(nobody, 'art').command('SELECT 1')
  await expect(failing).rejects.toMatchObject({
    name: 'StoreUnreachableError',
    retryable: true,
    exitCode: 1,
    message: expect.stringMatching(/^The database gave no usable answer: .*ECONNREFUSED/),
  })
  await expect(failing).rejects.toBeInstanceOf(StoreError)
  await nobody.close()
})
