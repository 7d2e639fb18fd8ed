import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryTarget, randomRows } from './memory-target.double.ts'
import { type GroundTruth, groundTruth, rowQueries } from './query-set.ts'
import { readTruth, writeTruth } from './truth-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-truth-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const files = (name: string) => ({
  queries: join(folder, `${name}.queries.parquet`),
  answers: join(folder, `${name}.answers.parquet`),
})

async function roundTrip(name: string, truth: GroundTruth, sizes: { dimension: number; depth: number }) {
  await writeTruth(files(name), truth, sizes.depth)
  return readTruth(files(name), sizes)
}

describe('a ground truth on the disk', () => {
  it('comes back as it was made: questions, answers by filter, distances', async () => {
    const rows = randomRows(60, 8, 'truth')
    const { text: table } = new MemoryTarget({ text: rows })
    if (!table) throw new Error('The double has a text table.')
    const queries = rowQueries(rows.slice(0, 7), { excluded: true })
    const truth = await groundTruth({ table, queries, depth: 12, filters: [0.5, 0.1] })
    const read = await roundTrip('made', truth, { dimension: 8, depth: 12 })
    expect(read).toEqual(truth)
    expect([...read.answers.keys()]).toEqual([1, 0.5, 0.1])
  })

  it('may have answers of any length up to its depth, none at all among them', async () => {
    const id = fc.string({ unit: 'grapheme', maxLength: 12 })
    const answer = fc
      .uniqueArray(id, { maxLength: 5 })
      .chain((ids) =>
        fc
          .array(fc.float({ min: 0, max: 2, noNaN: true }), { minLength: ids.length, maxLength: ids.length })
          .map((distances) => ({ ids, distances: Float32Array.from(distances) })),
      )
    const vector = fc
      .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
      .map((values) => Float32Array.from(values))
    const asked = fc.array(fc.tuple(id, id, vector, answer, answer), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(asked, async (all) => {
        const truth: GroundTruth = {
          queries: all.map(([id, exclude, vector]) => ({ id, exclude, vector })),
          answers: new Map([
            [1, all.map(([, , , answer]) => answer)],
            [0.01, all.map(([, , , , filtered]) => filtered)],
          ]),
        }
        expect(await roundTrip('any', truth, { dimension: 3, depth: 5 })).toEqual(truth)
      }),
      { numRuns: 25 },
    )
  })

  it('has the same bytes each time it is made', async () => {
    const [query] = rowQueries(randomRows(1, 4, 'bytes'), { excluded: false })
    if (!query) throw new Error('One row was asked for.')
    const truth = { queries: [query], answers: new Map([[1, [{ ids: ['a'], distances: Float32Array.of(0.5) }]]]) }
    for (const name of ['one', 'other']) await writeTruth(files(name), truth, 20)
    for (const part of ['queries', 'answers'] as const) {
      expect(await readFile(files('one')[part])).toEqual(await readFile(files('other')[part]))
    }
  })

  it('of no question is read back as such', async () => {
    const truth = { queries: [], answers: new Map() }
    expect(await roundTrip('none', truth, { dimension: 1, depth: 20 })).toEqual(truth)
  })

  it('is not read as one of another length of vectors', async () => {
    const truth = { queries: rowQueries(randomRows(2, 4, 'length'), { excluded: false }), answers: new Map() }
    await writeTruth(files('four'), truth, 20)
    await expect(readTruth(files('four'), { dimension: 5, depth: 20 })).rejects.toThrow(/vector/)
  })
})
