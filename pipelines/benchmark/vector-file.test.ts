import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
        const vector = file.rowsBetween(row, row + 1)
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
