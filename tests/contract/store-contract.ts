import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeTable } from '@promptloom/dataset/table-writer'
import { textSchema } from '@promptloom/dataset/vector-schema'
import type { StoreConfig } from '@promptloom/store/config'
import { openStore, type Store } from '@promptloom/store/store'
import type { VectorTable } from '@promptloom/store/vector-table'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

/** A store to hold to the contract. */
export interface ContractStore extends AsyncDisposable {
  readonly config: StoreConfig
}

export const DIMENSION = 16
/** The vector of row number `at`: of unit length, no two alike. */
export function vectorOf(at: number): Float32Array {
  const values = Array.from(
    { length: DIMENSION },
    (_, i) => Math.sin((at + 1) * (i + 1) * 1.7) + Math.cos(at * 0.31 + i),
  )
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

/** Writes a shard as the embed stage does: rows `from` to `to`, of which every hundredth is from a rare site. */
export async function writeShard(path: string, from: number, to: number): Promise<void> {
  const rows = Array.from({ length: to - from }, (_, index) => from + index)
  const vectors = new Float32Array(rows.length * DIMENSION)
  for (const [index, row] of rows.entries()) vectors.set(vectorOf(row), index * DIMENSION)
  await writeTable(path, textSchema(DIMENSION), {
    id: rows.map((row) => `row-${row}`),
    prompt: rows.map(
      (row) => `a painting of ${row % 7 === 0 ? 'castles' : 'rivers'} number${row}, it's "quoted" \\ here`,
    ),
    url: rows.map(() => ''),
    width: Uint32Array.from(rows, (row) => 256 + (row % 3) * 256),
    height: Uint32Array.from(rows, () => 512),
    source_site: rows.map((row) => (row % 100 === 0 ? 'rare.example' : 'common.example')),
    origin: rows.map(() => 'dataset'),
    parents: rows.map((row) => (row % 2 ? [`row-${row - 1}`] : [])),
    model: rows.map(() => 'model-a'),
    truncated: rows.map(() => false),
    prompt_vector: vectors,
  })
}

/** What every store does, whatever is behind it. */
export function storeContract(name: string, start: () => Promise<ContractStore>): void {
  describe(`store contract: ${name}`, () => {
    let behind: ContractStore
    let store: Store
    let table: VectorTable
    let folder: string

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'promptloom-contract-'))
      behind = await start()
      store = await openStore(behind.config, { run: 'contract' })
      table = store.table('text')
    })
    beforeEach(async () => {
      await table.next.drop()
      await table.drop()
    })
    afterAll(async () => {
      await table.next.drop()
      await table.drop()
      await store[Symbol.asyncDispose]()
      await behind[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    })

    async function load(shard: string, from: number, to: number, into = table): Promise<string> {
      const path = join(folder, `${shard}-${from}-${to}.parquet`)
      await writeShard(path, from, to)
      await into.ensure(DIMENSION)
      return into.load({ path, shard, digest: `digest-${from}-${to}`, rows: to - from, run: 'run-1' })
    }
    const built = () => table.buildIndex({ interval: 50, looseRows: 50, timeout: 20_000 })

    test('a shard is loaded once, replaced when its file changed, and removed', async () => {
      expect(await load('text-00000', 0, 50)).toBe('loaded')
      expect(await load('text-00000', 0, 50)).toBe('present')
      await load('text-00001', 50, 80)
      await load('text-00000', 0, 40)
      expect((await table.holding()).shards).toEqual(
        new Map([
          ['text-00000', new Map([['digest-0-40', 40]])],
          ['text-00001', new Map([['digest-50-80', 30]])],
        ]),
      )
      await table.remove('text-00001')
      expect(await table.holding()).toMatchObject({ rows: 40, models: ['model-a'], dimension: DIMENSION })
    })

    test('the next generation takes the place of the table in one step', async () => {
      await load('text-00000', 0, 50)
      await load('text-00000', 100, 120, table.next)
      expect(await table.count()).toBe(50)
      await table.publish()
      expect(await table.count()).toBe(20)
      expect(await table.next.dimension()).toBeUndefined()
    })

    test('every column arrives as it was written', async () => {
      await load('text-00000', 0, 20)
      const { hits } = await table.search({ vector: vectorOf(7), k: 1 })
      expect(hits[0]).toMatchObject({
        id: 'row-7',
        prompt: 'a painting of castles number7, it\'s "quoted" \\ here',
        width: 512,
        parents: ['row-6'],
        model: 'model-a',
        truncated: false,
      })
      expect(hits[0]?.distance).toBeCloseTo(0, 5)
    })

    test('an index is built, used, and answers as the exact search does', async () => {
      await load('text-00000', 0, 400)
      await load('text-00001', 400, 800)
      expect(await built()).toMatchObject({ did: 'rebuilt', state: { status: 'built', indexedRows: 800 } })
      expect(await built()).toMatchObject({ did: 'kept' })
      const request = { vector: vectorOf(123), k: 10 }
      expect(await table.usesIndex(request)).toBe(true)
      const indexed = await table.search({ ...request, mode: 'indexed' })
      const exact = await table.search({ ...request, mode: 'exact' })
      expect([indexed.used, exact.used]).toEqual(['index', 'exact'])
      expect(indexed.hits.map((hit) => hit.id)).toEqual(exact.hits.map((hit) => hit.id))
      for (const [at, hit] of indexed.hits.entries()) expect(hit.distance).toBeCloseTo(exact.hits[at]?.distance ?? 9, 3)
    })

    test('rows that come after the index are found at once', async () => {
      await load('text-00000', 0, 400)
      await built()
      await load('text-00001', 400, 410)
      const { hits } = await table.search({ vector: vectorOf(405), k: 3, mode: 'indexed' })
      expect(hits[0]?.id).toBe('row-405')
    })

    test('filters that match one row in a hundred still give k rows, and deleted rows do not shorten an answer', async () => {
      await load('text-00000', 0, 1200)
      await load('text-00001', 1200, 1300)
      await built()
      const filter = { column: 'source_site', is: '=', value: 'rare.example' } as const
      const rare = await table.search({ vector: vectorOf(5), k: 10, filter, mode: 'indexed' })
      expect(rare.hits).toHaveLength(10)
      expect(new Set(rare.hits.map((hit) => hit.source_site))).toEqual(new Set(['rare.example']))
      const exact = await table.search({ vector: vectorOf(5), k: 10, filter, mode: 'exact' })
      expect(rare.hits.map((hit) => hit.id)).toEqual(exact.hits.map((hit) => hit.id))
      await table.remove('text-00000')
      expect((await table.search({ vector: vectorOf(5), k: 50, mode: 'indexed' })).hits).toHaveLength(50)
    })

    test('several questions in one go, and more rows asked for than there are', async () => {
      await load('text-00000', 0, 30)
      const answers = await table.searchAll([3, 4, 5].map((row) => ({ vector: vectorOf(row), k: 100 })))
      expect(answers.map(({ hits }) => [hits[0]?.id, hits.length])).toEqual([
        ['row-3', 30],
        ['row-4', 30],
        ['row-5', 30],
      ])
    })

    test('a wrong vector, effort or column is refused before it is sent', async () => {
      await load('text-00000', 0, 10)
      const refused = (request: object) =>
        expect(table.search({ vector: vectorOf(1), k: 1, ...request })).rejects.toMatchObject({ exitCode: 2 })
      await refused({ vector: new Float32Array(DIMENSION) })
      await refused({ vector: Float32Array.from(vectorOf(1), (value, at) => (at === 3 ? Number.NaN : value)) })
      await refused({ vector: [1, 2, 3] })
      await refused({ k: 0 })
      await refused({ effort: 100_000 })
      await refused({ columns: ['id', "prompt' OR 1"] })
      await refused({ filter: { column: '1=1) OR (id', is: '=', value: 'x' } })
    })

    test('values are data: nothing in them is taken for SQL', async () => {
      await load('text-00000', 0, 10)
      for (const value of ["' OR 1=1 --", "x\\' OR 1", '\\', "a'; DROP TABLE t; --", '\n\t\u0000', '😀']) {
        const filter = { column: 'prompt', is: '=', value } as const
        expect((await table.search({ vector: vectorOf(1), k: 5, filter })).hits).toEqual([])
      }
      expect(await table.count()).toBe(10)
    })

    test('prompts are found by their words', async () => {
      await load('text-00000', 0, 20)
      const { hits } = await table.searchWords({ words: 'Castles number14', k: 3 })
      expect(hits.map((hit) => [hit.id, hit.matched])).toEqual([
        ['row-14', 2],
        ['row-0', 1],
        ['row-7', 1],
      ])
    })

    test('vectors of the wrong length are refused by the table', async () => {
      await table.ensure(DIMENSION + 1)
      const path = join(folder, 'short.parquet')
      await writeShard(path, 0, 5)
      const file = { path, shard: 'text-00000', digest: 'd', rows: 5, run: 'r' }
      await expect(table.load(file)).rejects.toMatchObject({ code: 469 })
      expect(await table.count()).toBe(0)
    })
  })
}
