import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import h5wasm from 'h5wasm/node'
import { afterAll, describe, expect, it } from 'vitest'
import { MemoryTable, randomRows } from './memory-target.double.ts'
import { openVectorFile, writeVectorFile } from './vector-file.ts'

const folder = await mkdtemp(join(tmpdir(), 'promptloom-hdf5-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const rows = randomRows(5000, 16, 'train')
const questions = randomRows(7, 16, 'test').map(({ vector }) => vector)
const numberOf = (id: string) => Number(id.split('-')[1])

async function written(): Promise<string> {
  const path = join(folder, 'set.hdf5')
  const exact = await new MemoryTable(rows, {}).nearest(questions, 10, 1)
  function* batches() {
    for (let from = 0; from < rows.length; from += 1500) {
      yield Float32Array.from(rows.slice(from, from + 1500).flatMap(({ vector }) => [...vector]))
    }
  }
  await writeVectorFile(path, {
    rows: rows.length,
    dimension: 16,
    batches: batches(),
    questions,
    neighbours: exact.map(({ ids }) => ids.map(numberOf)),
    distances: exact.map(({ distances }) => distances),
  })
  return path
}

describe('the form of ann-benchmarks', () => {
  it('comes back as it was written: vectors, questions, neighbours, distances, metric', async () => {
    using file = await openVectorFile(await written())
    expect(file).toMatchObject({ rows: 5000, dimension: 16, distance: 'angular' })
    expect(file.questions).toEqual(questions)
    expect(file.rowsBetween(1499, 1502)).toEqual(
      Float32Array.from([1499, 1500, 1501].flatMap((row) => [...(rows[row]?.vector ?? [])])),
    )
    expect(file.neighbours).toHaveLength(7)
    expect(file.distances[0]).toHaveLength(10)
  })

  it('holds true answers: recomputed from the vectors in the file, each neighbour has its distance', async () => {
    using file = await openVectorFile(await written())
    for (const [index, question] of file.questions.entries()) {
      for (const [place, row] of (file.neighbours[index] ?? []).entries()) {
        const vector = await file.rowsBetween(row, row + 1)
        const cosine = vector.reduce((sum, one, at) => sum + one * (question[at] as number), 0)
        expect(1 - cosine).toBeCloseTo(file.distances[index]?.[place] as number, 5)
      }
    }
  })

  it('refuses what is no such file, with a sentence that names it', async () => {
    const path = join(folder, 'no.hdf5')
    await writeFile(path, 'not HDF5')
    await expect(openVectorFile(path)).rejects.toThrow(/no\.hdf5 cannot be read as HDF5/)
  })
})

describe('a file that is damaged or of another form', () => {
  async function file(name: string, make: (hdf5: InstanceType<typeof h5wasm.File>) => void): Promise<string> {
    await h5wasm.ready
    const path = join(folder, name)
    const hdf5 = new h5wasm.File(path, 'w')
    make(hdf5)
    hdf5.close()
    return path
  }
  const table = (hdf5: InstanceType<typeof h5wasm.File>, name: string, shape: number[]) =>
    hdf5.create_dataset({ name, data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape, dtype: '<f4' })

  it.each<[string, Record<string, number[]>, string]>([
    ['without vectors', { test: [1, 2], neighbors: [1, 1] }, 'train'],
    ['without questions', { train: [3, 2], neighbors: [1, 1] }, 'test'],
    ['without answers', { train: [3, 2], test: [1, 2] }, 'neighbors'],
    ['whose vectors are one long list', { train: [6], test: [1, 2], neighbors: [1, 1] }, 'train'],
  ])('%s is named, with what is missing', async (what, tables, missing) => {
    const path = await file(`${missing}-${what.length}.hdf5`, (hdf5) => {
      for (const [name, shape] of Object.entries(tables)) table(hdf5, name, shape)
    })
    await expect(openVectorFile(path)).rejects.toMatchObject({
      exitCode: 2,
      message: `${path} has no table "${missing}"; the form of ann-benchmarks has train, test, neighbors and distances.`,
    })
  })

  it('need not have distances, nor say its metric', async () => {
    const path = await file('plain.hdf5', (hdf5) => {
      table(hdf5, 'train', [3, 2])
      table(hdf5, 'test', [2, 2])
      hdf5.create_dataset({ name: 'neighbors', data: Int32Array.of(0, 1), shape: [2, 1] })
    })
    using opened = await openVectorFile(path)
    expect(opened).toMatchObject({ rows: 3, dimension: 2, distance: 'unknown', distances: [] })
    expect(opened.neighbours.map((one) => [...one])).toEqual([[0], [1]])
  })

  it('may have row numbers of 64 bits, as NumPy writes them', async () => {
    const path = await file('numpy.hdf5', (hdf5) => {
      table(hdf5, 'train', [3, 2])
      table(hdf5, 'test', [2, 2])
      hdf5.create_dataset({ name: 'neighbors', data: BigInt64Array.of(2n, 0n, 1n, 2n), shape: [2, 2] })
    })
    using opened = await openVectorFile(path)
    expect(opened.neighbours).toEqual([Int32Array.of(2, 0), Int32Array.of(1, 2)])
  })

  it.each<[string, Record<string, number[]>, string]>([
    ['questions of another length', { test: [2, 3], neighbors: [2, 1] }, 'train is 3 × 2 and test 2 × 3'],
    ['fewer answers than questions', { test: [2, 2], neighbors: [1, 1] }, 'test is 2 × 2 and neighbors 1 × 1'],
    [
      'fewer distances than neighbours',
      { test: [2, 2], neighbors: [2, 2], distances: [2, 1] },
      'neighbors is 2 × 2 and distances 2 × 1',
    ],
  ])('with %s is refused, with both shapes', async (what, tables, shapes) => {
    const path = await file(`apart-${what.length}.hdf5`, (hdf5) => {
      for (const [name, shape] of Object.entries({ train: [3, 2], ...tables })) table(hdf5, name, shape)
    })
    await expect(openVectorFile(path)).rejects.toMatchObject({ exitCode: 2 })
    await expect(openVectorFile(path)).rejects.toThrow(`${path} does not go together: ${shapes}, but`)
  })

  it('that is not there, or only begins like one, is said so', async () => {
    await expect(openVectorFile(join(folder, 'nowhere.hdf5'))).rejects.toThrow(/nowhere\.hdf5 can't be read: ENOENT/)
    const path = join(folder, 'cut.hdf5')
    await writeFile(path, Buffer.from('\x89HDF\r\n\x1a\nand no more', 'latin1'))
    await expect(openVectorFile(path)).rejects.toThrow(/cut\.hdf5 cannot be read: it is damaged\./)
  })
})
