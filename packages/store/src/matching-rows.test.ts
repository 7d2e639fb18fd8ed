import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { powerLawVectors } from './bench-vectors.ts'
import { indexServes, MatchingRows } from './matching-rows.ts'
import { openStore, type Store } from './store.ts'
import type { IndexedTable } from './vector-index.ts'

const DIMENSION = 512
const ROWS = 8000
let folder: string
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-matching-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  await store.table('text').ensure(DIMENSION)
  await store.database.command(`INSERT INTO ${store.table('text').name} (id, prompt, width, model, prompt_vector)
    SELECT toString(number), 'p', number % 100, 'm', arrayMap(i -> toFloat32(cityHash64(number, i) % 1000 / 500 - 1), range(${DIMENSION}))
    FROM numbers(${ROWS})`)
  await store.table('text').buildIndex({ interval: 20, hnsw: { quantization: 'i8', connections: 8, candidates: 16 } })
}, 60_000)
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const below = (value: number) => ({ column: 'width', is: '<', value }) as const

describe('an index is asked through a filter', () => {
  const million = { rows: 1_000_000, dimension: DIMENSION, k: 10 }
  test('only where so many candidates hold twice the rows wanted', () => {
    expect(indexServes({ ...million, matching: 200_000 }, 10)).toBe(true)
    expect(indexServes({ ...million, matching: 199_000 }, 10)).toBe(false)
    expect(indexServes({ ...million, matching: 20_000 }, 100)).toBe(true)
    expect(indexServes({ ...million, matching: 19_000 }, 100)).toBe(false)
  })

  test('in wider windows only where the rows that match are more work than the candidates', () => {
    const many = { rows: 900_000, dimension: DIMENSION, k: 10 }
    // 1 %: 3,000 candidates took 137 ms of processor time, all rows that match 298 ms; half of that: as long.
    expect(indexServes({ ...many, matching: 9000 }, 300)).toBe(true)
    expect(indexServes({ ...many, matching: 9000 }, 1000)).toBe(false)
    expect(indexServes({ ...many, matching: 4500 }, 300)).toBe(false)
    expect(indexServes({ ...many, matching: 4500 }, 1000)).toBe(false)
    // 0.2 % of ten million: their granules hold more than 300,000 rows.
    expect(indexServes({ ...many, rows: 10_000_000, matching: 20_000 }, 1000)).toBe(true)
    expect(indexServes({ ...many, rows: 10_000_000, matching: 10_000 }, 1000)).toBe(false)
  })

  test('never where comparing the rows that match is quicker: they are read by granules', () => {
    const small = { rows: 20_000, dimension: DIMENSION, k: 10 }
    expect(indexServes({ ...small, matching: 400 }, 100)).toBe(true)
    expect(indexServes({ ...small, matching: 300 }, 100)).toBe(false)
    expect(indexServes({ ...small, matching: 0 }, 100)).toBe(false)
    expect(indexServes({ ...small, rows: 0, matching: 0 }, 100)).toBe(false)
  })
})

test('a filter is counted once, and again when the table has other rows', async () => {
  const { database, capabilities } = store
  expect(capabilities.vectorTables).toBe(false)
  const { name, shape } = store.table('text')
  const table = { database, asked: name, shape } as IndexedTable
  const matching = new MatchingRows()
  expect(matching.known(below(7), ROWS)).toBeUndefined()
  expect(await matching.count(table, below(7), undefined)).toBe(560)
  expect(matching.known(below(7), ROWS)).toBe(560)
  expect(matching.known(below(8), ROWS)).toBeUndefined()
  expect(matching.known(below(7), ROWS + 1)).toBeUndefined()
})

test('a rare filter is answered exactly, a wide one by the index, and both as an exact search does', async () => {
  const table = store.table('text')
  const vector = powerLawVectors(1, DIMENSION, 5)
  const ask = async (value: number) => table.search({ vector, k: 10, filter: below(value) })
  const first = await ask(1)
  expect(first).toMatchObject({
    used: 'exact',
    reason: 'the filter leaves 80 of 8,000 rows, which are compared sooner than an index finds them',
  })
  expect(await ask(1)).toEqual(first)
  expect(first.hits).toHaveLength(10)
  const wide = await ask(60)
  expect(wide).toMatchObject({ used: 'index' })
  expect(wide.hits).toHaveLength(10)
  expect(wide.hits.every(({ width }) => Number(width) < 60)).toBe(true)
})

test('who asks for the index gets it as long as it finds enough', async () => {
  const vector = powerLawVectors(1, DIMENSION, 6)
  const { used, hits } = await store.table('text').search({ vector, k: 3, filter: below(5), mode: 'indexed' })
  expect([used, hits.length]).toEqual(['index', 3])
})
