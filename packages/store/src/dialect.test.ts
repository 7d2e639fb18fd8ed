import { describe, expect, test } from 'vitest'
import { type Capabilities, known, probe } from './capabilities.ts'
import { ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { dialectOf } from './dialect.ts'

const facts = (changes: Partial<Capabilities> = {}): Capabilities => ({
  version: '26.7.2.1',
  settings: new Map([['hnsw_candidate_list_size_for_search', '256']]),
  tableSettings: new Map(),
  vectorTables: false,
  ...changes,
})
const MSTG = { vectorTables: true, version: '23.8.1', tableSettings: new Map([['default_mstg_disk_mode', '1']]) }
const TEXT_SEARCH = new Map([['hybrid_search_fusion_weight', '0.5']])
const SCANN = { vectorTables: true, version: '23.3.2' }

describe('the dialect', () => {
  test.each([
    ['the engine in this process', facts(), true, 'embedded', 'embedded ClickHouse 26.7.2.1', 'HNSW'],
    ['a ClickHouse server', facts(), false, 'clickhouse', 'ClickHouse 26.7.2.1', 'HNSW'],
    ['MyScale Cloud', facts(MSTG), false, 'myscale', 'MyScale (ClickHouse 23.8.1, MSTG)', 'MSTG'],
    ['open-source MyScale', facts(SCANN), false, 'myscale', 'MyScale (ClickHouse 23.3.2, SCANN)', 'SCANN'],
  ])('of %s', (_, capabilities, embedded, engine, label, type) => {
    const dialect = dialectOf(capabilities, embedded)
    expect([dialect.engine, dialect.label, dialect.index.type]).toEqual([engine, label, type])
  })

  test('an emulation is never called MyScale alone', () => {
    const settings = new Map([['vector_engine_emulated_by', 'chDB']])
    expect(dialectOf(facts({ ...MSTG, settings }), false).label).toBe(
      'emulation by chDB of MyScale (ClickHouse 23.8.1, MSTG)',
    )
  })

  test('where TextSearch is not to be had, the user is told that words are looked for by a scan', () => {
    const note = 'This MyScale has no TextSearch (1.5 and newer have it); a search by words looks at every prompt.'
    expect(dialectOf(facts({ ...MSTG, settings: new Map() }), false).note).toBe(note)
  })

  test('where MSTG is not to be had, the user is told what is used in its place', () => {
    expect(dialectOf(facts({ ...SCANN, settings: TEXT_SEARCH }), false).note).toBe(
      'This is open-source MyScale, which has no MSTG; its SCANN index is used instead.',
    )
    expect(dialectOf(facts({ ...MSTG, settings: TEXT_SEARCH }), false)).not.toHaveProperty('note')
    expect(dialectOf(facts(), false)).not.toHaveProperty('note')
  })

  test('a ClickHouse without vector indexes is refused, with what would do', () => {
    expect(() => dialectOf(facts({ version: '24.3.1', settings: new Map() }), false)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: 'ClickHouse 24.3.1 has no vector index; 25.8 or newer does, and so does MyScale.',
      }),
    )
  })
})

describe('the probe', () => {
  async function probed(tables: string | number) {
    await using server = await ClickHouseDouble.start()
    server.answer(/version\(\)/, [{ version: '23.8', tables }])
    server.answer(/FROM system\.settings/, [{ name: 'a', value: '1' }])
    server.answer(/FROM system\.merge_tree_settings/, [{ name: 'b', value: '2' }])
    const client = server.connect()
    try {
      return { found: await probe(new Database(client, 'art')), statements: server.statements }
    } finally {
      await client.close()
    }
  }

  test('asks by reading alone, and keeps settings with their values', async () => {
    const { found, statements } = await probed('0')
    expect(found).toEqual({
      version: '23.8',
      settings: new Map([['a', '1']]),
      tableSettings: new Map([['b', '2']]),
      vectorTables: false,
    })
    expect(statements.every(({ sql }) => sql.startsWith('SELECT'))).toBe(true)
  })

  test.each([
    ['0', false],
    ['1', false],
    ['2', true],
    [2, true],
  ])('%j of MyScale’s two system tables: MyScale is %s', async (tables, expected) => {
    expect((await probed(tables)).found.vectorTables).toBe(expected)
  })
})

test('of wanted settings those stay that the other end knows', () => {
  const there = new Map([['a', '1']])
  expect(known({ a: 5, b: 6 }, there)).toEqual({ a: 5 })
  expect(known({}, there)).toEqual({})
})
