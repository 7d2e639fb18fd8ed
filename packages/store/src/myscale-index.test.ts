import type { ClickHouseClient } from '@clickhouse/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { MyScaleIndex } from './myscale-index.ts'
import { shapes } from './table-kind.ts'
import type { BuildOptions, BuildProgress, IndexedTable } from './vector-index.ts'

const EXPR = "prompt_vector TYPE MSTG('metric_type=Cosine')"
/** What the server says of the index, look by look; the last one stays. Undefined: it lists none. */
type Look =
  | { built?: number; total?: number; small?: number; status?: string; reason?: string; expr?: string }
  | undefined

let server: ClickHouseDouble
let client: ClickHouseClient
let looks: Look[]
let size: { rows: number; parts: number }
beforeEach(async () => {
  server = await ClickHouseDouble.start()
  client = server.connect()
  looks = [undefined]
  size = { rows: 100, parts: 2 }
  server.answer(/FROM system\.parts WHERE/, () => [{ ...size, bytes: '5000' }])
  server.answer(/count\(\) AS parts FROM system\.parts/, () => [{ parts: String(size.parts) }])
  server.answer(/^SELECT count\(\) AS rows FROM art\.t\b/, () => [{ rows: String(size.rows) }])
  server.answer(/FROM system\.vector_indices/, () => {
    const look = looks.length > 1 ? looks.shift() : looks[0]
    if (!look) return []
    const { built = 0, total = 2, small = 0, status = 'InProgress', reason = '', expr = EXPR } = look
    return [{ expr, total: String(total), built: String(built), small: String(small), status, reason }]
  })
  server.answer(/^OPTIMIZE/, () => {
    size = { ...size, parts: 1 }
    return []
  })
})
afterEach(async () => {
  await client.close()
  await server[Symbol.asyncDispose]()
})

const index = (settings: [string, string][] = []) =>
  new MyScaleIndex('MSTG', {
    ...{ version: '23.8', tableSettings: new Map(), vectorTables: true },
    settings: new Map(settings),
  })
const table = (): IndexedTable => ({
  ...{ database: new Database(client, 'art'), asked: 'art.t', table: 'art.t', shape: shapes.text, dimension: 4 },
  ...{ onCluster: '', system: (name: string) => `system.${name}` },
})
const state = () => index().state(table())
const build = (options: BuildOptions = {}) => index().build(table(), { interval: 1, ...options })
const built: Look = { status: 'Built', total: 2, built: 2 }
const altered = () => server.sent(/^ALTER TABLE/)

describe('the state of an index', () => {
  test.each<[string, Look, object]>([
    [
      'none, where the server lists none',
      undefined,
      { status: 'none', rows: 100, indexedRows: 0, parts: 2, bytes: 5000 },
    ],
    ['built, over all parts', built, { status: 'built', indexedRows: 100, indexedParts: 2, definition: EXPR }],
    ['building, while parts are missing', { built: 1 }, { status: 'building', indexedRows: 50, indexedParts: 1 }],
    [
      'built, where small parts need none',
      { status: 'Built', built: 1, small: 1 },
      { status: 'built', indexedParts: 2 },
    ],
    [
      'building, where it calls itself built before it has looked at a new part',
      { status: 'Built', total: 1, built: 1 },
      { status: 'building', indexedRows: 50 },
    ],
    [
      'building, where it calls itself built without any part',
      { status: 'Built', total: 0 },
      { status: 'building', indexedRows: 0 },
    ],
    [
      'failed, with the server’s reason',
      { status: 'Error', reason: 'no memory' },
      { status: 'failed', failure: 'no memory' },
    ],
  ])('is %s', async (_, look, expected) => {
    looks = [look]
    expect(await state()).toMatchObject(expected)
  })

  test('of an empty table is none, whatever the server calls it', async () => {
    size = { rows: 0, parts: 0 }
    looks = [{ status: 'Built', total: 0 }]
    expect(await state()).toMatchObject({ status: 'none', rows: 0, indexedRows: 0 })
  })

  test('never counts more rows than there are', async () => {
    looks = [{ built: 9, total: 9 }]
    expect((await state()).indexedRows).toBe(100)
  })
})

describe('building', () => {
  test('merges, adds the index, and waits until it is built twice in a row', async () => {
    looks = [undefined, { built: 0, total: 1 }, { ...built, total: 1 }, { built: 0, total: 1 }, { ...built, total: 1 }]
    const told: BuildProgress[] = []
    const report = await build({ progress: (one) => told.push(one) })
    expect(report).toMatchObject({ did: 'rebuilt', state: { status: 'built' } })
    expect(altered()).toEqual([
      "ALTER TABLE art.t ADD VECTOR INDEX IF NOT EXISTS prompt_vector_index prompt_vector TYPE MSTG('metric_type=Cosine')",
    ])
    const order = server.statements.map(({ sql }) => sql.split(' ')[0]).filter((word) => word !== 'SELECT')
    expect(order).toEqual(['OPTIMIZE', 'ALTER'])
    expect(told.filter(({ phase }) => phase === 'index').at(-1)).toEqual({ phase: 'index', fraction: 1 })
  })

  test('keeps an index that is right and built', async () => {
    looks = [built]
    expect(await build()).toMatchObject({ did: 'kept' })
    expect([altered(), server.sent(/^OPTIMIZE/)]).toEqual([[], []])
  })

  test('waits for the server’s own background build of rows that came later', async () => {
    looks = [built, { built: 1 }, { built: 1 }, built]
    expect(await build()).toMatchObject({ did: 'extended', state: { status: 'built' } })
    expect(altered()).toEqual([])
  })

  test.each([
    ['of another type', "prompt_vector TYPE SCANN('metric_type=Cosine')"],
    ['of another metric', "prompt_vector TYPE MSTG('metric_type=L2')"],
  ])('replaces an index %s', async (_, expr) => {
    looks = [
      { ...built, expr },
      { ...built, total: 1 },
    ]
    expect(await build()).toMatchObject({ did: 'rebuilt' })
    expect(altered()).toEqual([
      'ALTER TABLE art.t DROP VECTOR INDEX IF EXISTS prompt_vector_index',
      expect.stringContaining('ADD VECTOR INDEX'),
    ])
  })

  test('begins anew where the last build failed', async () => {
    looks = [
      { status: 'Error', reason: 'no memory' },
      { ...built, total: 1 },
    ]
    expect(await build()).toMatchObject({ did: 'rebuilt' })
    expect(altered()[0]).toMatch(/DROP VECTOR INDEX/)
  })

  test('that fails is told with the server’s reason', async () => {
    looks = [undefined, { status: 'Error', reason: 'Cannot allocate memory' }]
    await expect(build()).rejects.toMatchObject({
      exitCode: 1,
      message: 'The index of art.t cannot be built: Cannot allocate memory',
    })
  })

  test('whose index disappears is told, and not waited for', async () => {
    await expect(build()).rejects.toThrow(
      'The server does not list the index prompt_vector_index of art.t; it was dropped by somebody, or never made.',
    )
  })

  test('that is stuck is given up, with how far it came and where to look', async () => {
    looks = [undefined, { built: 1, total: 3 }]
    size = { rows: 100, parts: 1 }
    await expect(build({ timeout: -1 })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The index of art\.t is still building after 0 s: 1 of 1 parts are done\. Look at system\.vector_index_segments/,
      ),
    })
  })

  test('of an empty table is done at once', async () => {
    size = { rows: 0, parts: 0 }
    expect(await build()).toMatchObject({ did: 'rebuilt' })
  })

  test('is interrupted with the reason', async () => {
    looks = [built, { built: 1 }]
    const reason = new Error('interrupted')
    const interrupt = new AbortController()
    const progress = () => interrupt.abort(reason)
    await expect(build({ progress, signal: interrupt.signal, interval: 60_000 })).rejects.toMatchObject({
      name: 'AbortError',
      cause: reason,
    })
  })
})

describe('a statement', () => {
  const question = (changes: object = {}) => ({
    ...{ vector: [1, -0.5, 0, 2], k: 7, columns: ['id', 'prompt'], where: undefined, effort: 2.5, widening: 1 },
    ...{ definition: EXPR, ...changes },
  })

  test('has the effort and the vector written out, as whole numbers too', () => {
    const { sql, params } = index().statement(table(), question() as never)
    expect(sql.replace(/\s+/g, ' ')).toBe(
      "SELECT id, prompt, distance('alpha=2.5')(prompt_vector, [1.0,-0.5,0.0,2.0]) AS distance FROM art.t ORDER BY distance ASC LIMIT {k:UInt32}",
    )
    expect(params).toEqual({ k: 7 })
  })

  test('has its filter before the search, with its values bound', () => {
    const where = { sql: 'width > {f0:UInt64}', params: { f0: 512 } }
    const { sql, params } = index().statement(table(), question({ where }) as never)
    expect(sql).toContain('FROM art.t WHERE width > {f0:UInt64} ORDER BY')
    expect(params).toEqual({ f0: 512, k: 7 })
  })

  test('asks for rows without an index too, where the server knows that setting', () => {
    expect(index().statement(table(), question() as never).settings).toEqual({})
    const knowing = index([['enable_brute_force_vector_search', '0']])
    expect(knowing.statement(table(), question() as never).settings).toEqual({ enable_brute_force_vector_search: 1 })
  })

  test.each<[Look, boolean]>([
    [built, true],
    [{ built: 1 }, false],
    [undefined, false],
  ])('uses the index while it is built: %j', async (look, used) => {
    looks = [look]
    expect(await index().isUsed(table())).toBe(used)
  })
})
