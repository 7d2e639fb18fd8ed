import { describe, expect, test } from 'vitest'
import { type FileTruthRequest, fileTruth } from './file-truth.ts'
import { MemoryTable, randomRows } from './memory-target.double.ts'
import type { VectorFile } from './vector-file.ts'

const rows = randomRows(150, 8, 'rows').map(({ vector }, row) => ({ id: String(row), vector }))
const table = new MemoryTable(rows, {})
const questions = randomRows(40, 8, 'questions').map(({ vector }) => vector)
const exact = await table.nearest(questions, 20, 1)

interface Answers {
  neighbours: Int32Array[]
  distances: Float32Array[]
}

/** A data set with true answers, less what `spoil` does to them. */
function dataSet(spoil: (answers: Answers) => void = () => undefined): VectorFile {
  const neighbours = exact.map(({ ids }) => Int32Array.from(ids, Number))
  const distances = exact.map((answer) => Float32Array.from(answer.distances))
  spoil({ neighbours, distances })
  return {
    ...{ rows: rows.length, dimension: 8, distance: 'angular', questions, neighbours, distances },
    rowsBetween: () => new Float32Array(),
    [Symbol.dispose]: () => undefined,
  }
}

const check = (file: VectorFile, more: Partial<FileTruthRequest> = {}) =>
  fileTruth({ file, path: 'set.hdf5', table, queries: 1000, ...more })

/** The answer of one question, with rows of it swapped for others together with their true distances. */
async function renamed({ neighbours, distances }: Answers, question: number, ids: readonly number[]): Promise<void> {
  const known = await table.distances(questions[question] as Float32Array, ids.map(String), 1)
  neighbours[question] = Int32Array.from(ids)
  distances[question] = Float32Array.from(ids, (id) => known.get(String(id)) as number)
}

describe('a data set that tells the truth', () => {
  test('is taken, with distances from the vectors and not from the file', async () => {
    const { truth, searched, depth } = await check(
      dataSet(({ distances }) => {
        for (const list of distances) list[3] = (list[3] as number) + 5e-5
      }),
    )
    expect([truth.queries.length, searched, depth]).toEqual([40, 40, 20])
    const answers = truth.answers.get(1)
    expect(answers?.map(({ ids }) => ids)).toEqual(exact.map(({ ids }) => ids))
    expect(answers?.map((one) => Array.from(one.distances))).toEqual(exact.map((one) => Array.from(one.distances)))
    expect(truth.queries[7]).toEqual({ id: 'question 7', exclude: '', vector: questions[7] })
  })

  test('may state the chord of unit vectors, or nothing, instead of 1 − cosine', async () => {
    const chords = dataSet(({ distances }) => {
      for (const [at, list] of distances.entries()) distances[at] = list.map((one) => Math.sqrt(2 * one))
    })
    expect((await check(chords)).truth.answers.get(1)?.[0]?.distances[0]).toBeCloseTo(exact[0]?.distances[0] ?? -1, 6)
    const silent = { ...dataSet(), distances: [] }
    expect((await check(silent, { queries: 3 })).truth.queries).toHaveLength(3)
  })

  test('of many components has a part of its questions answered anew, 32 at least, and says how many', async () => {
    expect(await check({ ...dataSet(), rows: 10_000_000, dimension: 1024 })).toMatchObject({ searched: 32 })
    expect(await check(dataSet(), { searched: 2 })).toMatchObject({ searched: 2 })
  })
})

describe('a data set that is wrong is refused, with the question, the place and both figures:', () => {
  const far = exact[5]?.ids.map(Number) ?? []
  const stranger = rows.findIndex(({ id }) => !exact[5]?.ids.includes(id))

  test('distances that are not those of its vectors', async () => {
    const file = dataSet(({ distances }) => (distances[38] as Float32Array).set([0.25], 4))
    const row = exact[38]?.ids[4]
    await expect(check(file)).rejects.toMatchObject({ exitCode: 2 })
    await expect(check(file)).rejects.toThrow(
      new RegExp(
        `^Question 38 of set\\.hdf5 has row ${row} at place 5, at the distance 0\\.25, but its vector is at 0\\.`,
      ),
    )
  })

  test('fewer distances than neighbours', async () => {
    const file = dataSet(({ distances }) => distances.splice(2, 1, (distances[2] as Float32Array).subarray(0, 10)))
    await expect(check(file)).rejects.toThrow(/^Question 2 of .* at place 11, at the distance that is missing/)
  })

  test('a nearer row that it leaves out, although all it says of the others is true', async () => {
    const answers: Answers[] = []
    const file = dataSet((all) => answers.push(all))
    await renamed(answers[0] as Answers, 5, far.slice(1))
    await expect(check(file)).rejects.toThrow(
      new RegExp(
        `^Question 5 of set\\.hdf5 has row ${far[1]} at place 1, at 0\\.\\d+, but row ${far[0]} at 0\\.\\d+ belongs`,
      ),
    )
    // What is not answered anew is not known to be complete; the caller says how many questions were.
    expect((await check(file, { searched: 5 })).searched).toBe(5)
  })

  test('rows in another order than their distances', async () => {
    const answers: Answers[] = []
    const file = dataSet((all) => answers.push(all))
    await renamed(answers[0] as Answers, 5, [far[0] as number, stranger, ...far.slice(2)])
    await expect(check(file)).rejects.toThrow(
      new RegExp(
        `row ${far[2]} at place 3, whose cosine distance is .* and the row before it at .* for another metric`,
      ),
    )
  })

  test('rows that it does not have, or names twice', async () => {
    const absent = dataSet(({ neighbours }) => (neighbours[0] as Int32Array).set([150], 3))
    await expect(check(absent)).rejects.toThrow(/^Question 0 of .* has row 150 at place 4, which is none of its rows/)
    const twice = dataSet(({ neighbours }) => (neighbours[0] as Int32Array).copyWithin(1, 0, 1))
    await expect(check(twice)).rejects.toThrow(/^Question 0 of .* at place 2, which it has named before/)
  })

  test('no question at all', async () => {
    await expect(check({ ...dataSet(), questions: [] })).rejects.toThrow(/^set\.hdf5 has no questions/)
  })
})
