import { copyFile, mkdir, mkdtemp, rename, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@promptloom/store/store'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { measureVectorFile } from './vector-exchange.ts'
import { openVectorFolder } from './vector-folder.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-folder-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'store') })
})
afterEach(async () => {
  await store.table('text').drop()
  await rm(join(folder, 'cohere_small'), { recursive: true, force: true })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Columns as VectorDBBench's files have them: 64-bit ids, lists of doubles, lists of ids. */
async function dataSet({ rows = 750, first = 0, metric = 'cosineDistance', pieces = 1 } = {}): Promise<string> {
  const path = join(folder, 'cohere_small')
  await mkdir(path)
  const write = (name: string, sql: string) =>
    store.database.command(`INSERT INTO FUNCTION file('${join(path, name)}', 'Parquet') ${sql}`)
  const emb = (seed: number) =>
    `arrayMap(i -> toFloat64(toFloat32(cityHash64(number, i, ${seed}) % 2000 / 1000 - 1)) * (1 + number % 5), range(12))`
  const all = `SELECT toInt64(number + ${first}) AS id, ${emb(1)} AS emb FROM numbers(${rows})`
  for (let piece = 0; piece < pieces; piece++) {
    const name = pieces === 1 ? 'train.parquet' : `shuffle_train-0${piece}-of-0${pieces}.parquet`
    await write(name, `SELECT * FROM (${all}) WHERE id % ${pieces} = ${piece} ORDER BY cityHash64(id)`)
  }
  const asked = `SELECT toInt64(number) AS id, ${emb(2)} AS emb FROM numbers(10)`
  await write('test.parquet', asked)
  await write(
    'neighbors.parquet',
    `SELECT q.id AS id, arrayMap(x -> x.2, groupArraySorted(100)((${metric}(q.emb, t.emb), t.id))) AS neighbors_id
     FROM (${asked}) AS q CROSS JOIN (${all}) AS t GROUP BY id`,
  )
  return path
}

test('rows, questions and answers are read whatever order and pieces the rows lie in', async () => {
  using file = await openVectorFolder(await dataSet({ pieces: 3 }), store.database)
  expect(file).toMatchObject({ rows: 750, dimension: 12, distance: 'unnamed' })
  expect([file.questions.length, file.neighbours.length, file.neighbours[0]?.length]).toEqual([10, 10, 100])
  const some = await file.rowsBetween(700, 703)
  const [expected] = await store.database.rows<{ emb: number[] }>(
    'SELECT arrayMap(i -> toFloat32(cityHash64(toUInt64(701), i, 1) % 2000 / 1000 - 1) * (1 + 701 % 5), range(12)) AS emb',
  )
  expect(some).toHaveLength(36)
  for (const [at, value] of (expected?.emb ?? []).entries()) expect(some[12 + at]).toBeCloseTo(value, 5)
})

test('a data set of VectorDBBench is measured by its own answers, which our exact search agrees with', async () => {
  const track = await measureVectorFile(await dataSet(), store, folder, { efforts: [128], clients: [1] })
  expect(track).toMatchObject({ rows: 750, queries: 10, changed: false, index: { state: 'built' } })
  expect(track.cells.find(({ effort }) => effort === 'exact')).toMatchObject({ withheld: null, recall: { mean: 1 } })
})

describe('refused, with the reason', () => {
  test('answers by another metric than direction', async () => {
    const path = await dataSet({ metric: 'L2Distance' })
    await expect(measureVectorFile(path, store, folder, { queries: 1 })).rejects.toThrow(
      /answers must be in the order of their cosine distances, and these are for another metric/,
    )
  })

  test('ids that do not count from 0', async () => {
    const path = await dataSet({ rows: 30, first: 7 })
    await expect(openVectorFolder(path, store.database)).rejects.toThrow(/go from 7 to 36; they must be 0 to 29/)
  })

  test.each([
    ['an id that is there twice', 'if(of = 5, 6, of)', 'emb', /30 rows .* have 29 different ids; they must be 0 to 29/],
    ['a vector that is shorter', 'of', 'arraySlice(emb, 1, 12 - of % 2)', /have 11 to 12 components/],
  ])('%s', async (_, id, emb, reason) => {
    const path = await dataSet({ rows: 30 })
    const train = join(path, 'train.parquet')
    const rows = `SELECT ${id} AS id, ${emb} AS emb FROM (SELECT id AS of, emb FROM file('${train}', 'Parquet'))`
    await store.database.command(`INSERT INTO FUNCTION file('${join(path, 'other')}', 'Parquet') ${rows}`)
    await rename(join(path, 'other'), train)
    await expect(openVectorFolder(path, store.database)).rejects.toThrow(reason)
  })

  test.each([
    ['test.parquet', 'that is cut off'],
    ['train.parquet', 'that has other columns'],
  ])('a %s %s', async (name, what) => {
    const path = await dataSet({ rows: 30 })
    const file = join(path, name)
    if (what === 'that is cut off') await truncate(file, 300)
    else await copyFile(join(path, 'neighbors.parquet'), file)
    const reading = openVectorFolder(path, store.database)
    await expect(reading).rejects.toThrow(/cohere_small can't be read; train and test must be Parquet with id and emb/)
    await expect(reading).rejects.toMatchObject({ exitCode: 2 })
  })

  test('a folder whose name the engine would take for a pattern', async () => {
    await expect(openVectorFolder(join(folder, 'set{1,2}'), store.database)).rejects.toThrow(/rename the folder/)
  })

  test('a folder that lacks a file', async () => {
    const path = await dataSet({ rows: 30 })
    await rm(join(path, 'neighbors.parquet'))
    await expect(openVectorFolder(path, store.database)).rejects.toMatchObject({ exitCode: 2 })
    await expect(openVectorFolder(path, store.database)).rejects.toThrow(/has no neighbors\.parquet/)
  })
})
