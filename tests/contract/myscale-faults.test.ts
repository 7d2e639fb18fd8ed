import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@promptloom/store/store'
import type { VectorTable } from '@promptloom/store/vector-table'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startDouble } from './double-store.ts'
import { profiles } from './myscale/profile.ts'
import type { SqlDouble } from './myscale/server.ts'
import { type ContractStore, DIMENSION, vectorOf, writeShard } from './store-contract.ts'

let behind: ContractStore & { double: SqlDouble }
let double: SqlDouble
let store: Store
let table: VectorTable
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-faults-'))
  behind = await startDouble(profiles[0])
  double = behind.double
  store = await openStore(behind.config)
  table = store.table('text')
  await table.ensure(DIMENSION)
})
afterEach(async () => {
  double.registry.fault = undefined
  double.registry.buildTime = 0
  double.faults.happened.length = 0
  // Fewer statements than dropping the table and making it again.
  if ((await double.registry.of('promptloom', 'prompt_text')).length > 0) await table.dropIndex()
  await store.database.command(`TRUNCATE TABLE ${table.name}`)
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await behind[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function load(shard = 'text-00000', rows = 60): Promise<void> {
  const path = join(folder, `${shard}-${rows}.parquet`)
  await writeShard(path, 0, rows)
  await table.load({ path, shard, digest: `digest-${rows}`, rows, run: 'run-1' })
}

async function everyRowOnce(rows: number): Promise<void> {
  expect(
    await store.database.row(`SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids FROM ${table.name}`),
  ).toEqual({ rows, ids: rows })
}

const INSERT = /^INSERT INTO promptloom\.prompt_text/
const build = (options = {}) => table.buildIndex({ interval: 20, timeout: 5000, ...options })

describe('loading', () => {
  test('an answer lost after the commit is found out: every row is there once', async () => {
    double.faults.plan('lost-answer', INSERT)
    await load()
    await everyRowOnce(60)
    expect(double.statements.filter((sql) => INSERT.test(sql))).toHaveLength(1)
  })

  test('a connection that is cut while the insert still runs is waited for: every row is there once', async () => {
    double.faults.plan('cut', INSERT)
    await load()
    await everyRowOnce(60)
    expect(double.faults.happened).toEqual(['cut'])
  })

  test('"too many parts" is tried again until there is room', async () => {
    double.faults.plan('too-many-parts', INSERT, 2)
    await load()
    await everyRowOnce(60)
    expect(double.faults.happened).toEqual(['too-many-parts', 'too-many-parts'])
  })

  test("a proxy's page in place of an answer is no answer, for inserts and for questions", async () => {
    double.faults.plan('html-504', INSERT)
    double.faults.plan('html-504', /shard_digest AS digest, count/)
    await load()
    await everyRowOnce(60)
    expect(double.faults.happened).toHaveLength(2)
  })

  test('half an insert left by somebody is taken out before the whole comes in', async () => {
    await load()
    await store.database.command(`DELETE FROM ${table.name} WHERE id = 'row-3'`)
    await load()
    await everyRowOnce(60)
  })
})

describe('searching', () => {
  test('an answer that is cut short with status 200 is asked for again, never taken as the whole', async () => {
    await load()
    double.faults.plan('truncated', /AS distance/)
    const { hits } = await table.search({ vector: vectorOf(7), k: 20 })
    expect(hits).toHaveLength(20)
    expect(double.faults.happened).toEqual(['truncated'])
  })

  test('an idle cluster is woken by the first question', async () => {
    double.faults.plan('idle', /SELECT 1 AS ok/, 5)
    await using other = await openStore(behind.config)
    expect(other.dialect.engine).toBe('myscale')
    expect(double.faults.happened).toHaveLength(5)
  })

  test('a server that stays silent is named, with what may help', async () => {
    const config = { ...behind.config, url: 'http://127.0.0.1:9', wakeTimeout: 300 } as const
    await expect(openStore(config as never)).rejects.toMatchObject({ name: 'StoreUnreachableError', exitCode: 1 })
  })
})

describe('building the index', () => {
  test('is waited for while the server builds it', async () => {
    double.registry.buildTime = 400
    await load()
    const seen: number[] = []
    const report = await build({ progress: ({ fraction }: { fraction: number }) => seen.push(fraction) })
    expect(report.state).toMatchObject({ status: 'built', indexedRows: 60 })
    expect(seen).toContain(0)
    expect(seen.at(-1)).toBe(1)
  })

  test("fails with the server's own reason", async () => {
    await load()
    double.registry.fault = {
      kind: 'error',
      reason: 'Vector column data length does not meet constraint in part all_1_1_0',
    }
    await expect(build()).rejects.toThrow(/does not meet constraint in part all_1_1_0/)
  })

  test('that is stuck ends at the time limit, and says how far it is', async () => {
    await load()
    double.registry.fault = { kind: 'stuck' }
    await expect(build({ timeout: 200 })).rejects.toThrow(/still building after 0 s: 0 of 1 parts/)
  })

  test('that flips back to building after a merge is not believed the first time', async () => {
    await load()
    await build()
    double.registry.fault = { kind: 'flip', looks: 3 }
    const before = double.statements.length
    expect((await build()).state.status).toBe('built')
    const looks = double.statements.slice(before).filter((sql) => sql.includes('system.vector_indices'))
    expect(looks.length).toBeGreaterThan(4)
  })

  test('that the server does not list for a moment is looked for again; for good, it is an error', async () => {
    await load()
    await build()
    double.registry.fault = { kind: 'hidden', looks: 2 }
    expect((await build()).state.status).toBe('built')
    double.registry.fault = { kind: 'hidden' }
    await expect(build()).rejects.toThrow(/does not list the index/)
  })

  test('"Built" over an empty table is not believed', async () => {
    await store.database.command(
      `ALTER TABLE ${table.name} ADD VECTOR INDEX prompt_vector_index prompt_vector TYPE MSTG('metric_type=Cosine')`,
    )
    const word = await store.database.row<{ status: string }>('SELECT status FROM system.vector_indices')
    expect(word?.status).toBe('Built')
    expect((await table.indexState()).status).toBe('none')
  })

  test('follows the vendor’s order: one part first, then the index, never a merge after it', async () => {
    await load('text-00000', 40)
    await load('text-00001', 50)
    const before = double.statements.length
    await build()
    await build()
    const order = double.statements.slice(before).filter((sql) => /^(OPTIMIZE|ALTER)/.test(sql))
    expect(order).toEqual([
      'OPTIMIZE TABLE promptloom.prompt_text FINAL',
      "ALTER TABLE promptloom.prompt_text ADD VECTOR INDEX IF NOT EXISTS prompt_vector_index prompt_vector TYPE MSTG('metric_type=Cosine')",
    ])
  })
})
