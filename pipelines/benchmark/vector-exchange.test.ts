import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OracleTable } from '@promptloom/store/oracle'
import { openStore } from '@promptloom/store/store'
import { shapes } from '@promptloom/store/table-kind'
import h5wasm from 'h5wasm/node'
import { afterAll, expect, test, vi } from 'vitest'
import { MemoryTable, randomRows } from './memory-target.double.ts'
import { StoreTable } from './store-target.ts'
import { exportVectors, measureVectorFile } from './vector-exchange.ts'
import { openVectorFile } from './vector-file.ts'

vi.setConfig({ testTimeout: 120_000 })

const folder = await mkdtemp(join(tmpdir(), 'promptloom-exchange-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('our vectors go out in the form of ann-benchmarks, come back as anybody’s data set, and are measured by its answers', async () => {
  const path = join(folder, 'ours.hdf5')
  {
    await using store = await openStore({ kind: 'embedded', path: join(folder, 'ours') })
    const table = store.table('text')
    await table.ensure(24)
    await store.database.command(`INSERT INTO ${table.name} (id, prompt, model, prompt_vector)
      SELECT lower(hex(sipHash128(number))), 'p', 'm', arrayMap(i -> toFloat32(randNormal(0, 1, number * 24 + i)), range(24)) FROM numbers(2500)`)
    const own = new StoreTable(store, table)
    const oracle = { database: store.database, name: table.name, shape: table.shape }
    expect(await exportVectors(oracle, path, { queries: 60, seed: 'seed', own })).toEqual({ rows: 2440, questions: 60 })
  }
  {
    using file = await openVectorFile(path)
    expect(file).toMatchObject({ rows: 2440, dimension: 24, distance: 'angular' })
    expect(file.neighbours[0]).toHaveLength(100)
    // No question is among the rows, so none answers itself.
    for (const distances of file.distances) expect(distances[0]).toBeGreaterThan(1e-3)
  }
  await using scratch = await openStore({ kind: 'embedded', path: join(folder, 'scratch') })
  const track = await measureVectorFile(path, scratch, folder, { cellSeconds: 3 })
  expect(track).toMatchObject({ rows: 2440, queries: 60, changed: false, index: { state: 'built' } })
  const exact = track.cells.find(({ effort }) => effort === 'exact')
  // The file's answers and the store's exact search agree, so the file tells the truth.
  expect(exact).toMatchObject({ withheld: null, recall: { mean: 1 }, strict: 1 })
  expect(track.cells.find(({ effort }) => effort === 512)?.recall?.mean).toBeGreaterThan(0.95)
  expect(track.note).toMatch(/all 60 were computed anew from its vectors, and all were answered anew by exact search/)

  // The same rows, with one distance that is not that of its vector.
  const hdf5 = new h5wasm.File(path, 'a')
  const distances = hdf5.get('distances') as InstanceType<typeof h5wasm.Dataset>
  distances.write_slice(
    [
      [59, 60],
      [7, 8],
    ],
    Float32Array.of(0.5),
  )
  hdf5.close()
  await expect(measureVectorFile(path, scratch, folder)).rejects.toThrow(
    /^Question 59 of .*ours\.hdf5 has row \d+ at place 8, at the distance 0\.5, but its vector is at 0\./,
  )
})

test('of a small table a tenth become questions; one that is too small is refused, and no file is left', async () => {
  const rows = (count: number) =>
    randomRows(count, 8, 'small').map(({ id, vector }) => ({ id, prompt_vector: Array.from(vector) }))
  const exported = async (count: number, path: string) => {
    const content = rows(count)
    const own = new MemoryTable(randomRows(count, 8, 'small'), {})
    const database = {
      rows: async (_: string, { params }: { params: { last: string } }) =>
        content.filter(({ id }) => id > params.last).map(({ id, prompt_vector }) => ({ id, vector: prompt_vector })),
    }
    const oracle = { database, name: 'art.small', shape: shapes.text } as unknown as OracleTable
    return exportVectors(oracle, path, { queries: 1000, seed: 'seed', own: own as unknown as StoreTable })
  }
  const path = join(folder, 'small.hdf5')
  expect(await exported(45, path)).toEqual({ rows: 41, questions: 4 })
  {
    using file = await openVectorFile(path)
    expect(file.neighbours.map((one) => one.length)).toEqual([41, 41, 41, 41])
  }
  await expect(exported(9, join(folder, 'none.hdf5'))).rejects.toThrow(/^art\.small has 9 rows; at least 10 are needed/)
  expect((await readdir(folder)).filter((name) => name.startsWith('none') || name.endsWith('.partial'))).toEqual([])
})
