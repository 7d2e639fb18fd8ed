import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { MemoryTable, MemoryTarget, randomRows } from './memory-target.double.ts'
import { groundTruth, rowQueries, without } from './query-set.ts'
import { readTruth, writeTruth } from './truth-file.ts'

const folder = await mkdtemp(join(tmpdir(), 'promptloom-benchmark-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const rows = randomRows(300, 8, 'rows')
const table = new MemoryTarget({ text: rows }).text as MemoryTable

describe('groundTruth', () => {
  it('leaves a row out of its own answer, also where copies of it exist', async () => {
    const copies = [...rows.slice(0, 5), { id: 'copy', vector: rows[0]?.vector as Float32Array }]
    const small = new MemoryTable(copies, {})
    const queries = rowQueries(copies.slice(0, 1), { excluded: true })
    const { answers } = await groundTruth({ table: small, queries, depth: 3, filters: [] })
    const found = answers.get(1)?.[0]
    expect(found?.ids).toHaveLength(3)
    expect(found?.ids[0]).toBe('copy')
    expect(found?.ids).not.toContain(copies[0]?.id)
    expect(found?.distances[0]).toBeCloseTo(0, 6)
  })

  it('keeps every row where questions come from elsewhere', async () => {
    const { answers } = await groundTruth({
      table,
      queries: rowQueries(rows.slice(0, 1), { excluded: false }),
      depth: 3,
      filters: [],
    })
    expect(answers.get(1)?.[0]?.ids[0]).toBe(rows[0]?.id)
  })

  it('answers each question without a filter and with each, only from rows that match', async () => {
    const queries = rowQueries(await table.sample(70, 'seed'), { excluded: true })
    const steps: number[] = []
    const truth = await groundTruth({ table, queries, depth: 10, filters: [0.1], progress: (n) => steps.push(n) })
    expect([...truth.answers.keys()]).toEqual([1, 0.1])
    expect(truth.answers.get(1)).toHaveLength(70)
    expect(steps.at(-1)).toBe(70)
    for (const [index, query] of queries.entries()) {
      const ids = truth.answers.get(0.1)?.[index]?.ids ?? []
      expect((await table.distances(query.vector, ids, 0.1)).size).toBe(ids.length)
      expect(ids).not.toContain(query.id)
    }
  })
})

describe('sampling', () => {
  it('depends on the seed and the rows alone, not on their order', async () => {
    const shuffled = new MemoryTable([...rows].reverse(), {})
    const ids = async (one: MemoryTable, seed: string) => (await one.sample(20, seed)).map(({ id }) => id)
    expect(await ids(shuffled, 'a')).toEqual(await ids(table, 'a'))
    expect(await ids(table, 'b')).not.toEqual(await ids(table, 'a'))
  })
})

describe('without', () => {
  it('drops one row and cuts to the depth', () => {
    const answer = { ids: ['a', 'b', 'c'], distances: [1, 2, 3] }
    expect(without(answer, 'b', 2)).toEqual({ ids: ['a', 'c'], distances: Float32Array.of(1, 3) })
    expect(without(answer, '', 2).ids).toEqual(['a', 'b'])
  })
})

describe('truth files', () => {
  it('come back as they were written, answers shorter than the depth included, in the same bytes each time', async () => {
    const queries = rowQueries(await table.sample(40, 'seed'), { excluded: true })
    const truth = await groundTruth({ table, queries, depth: 12, filters: [0.02] })
    const paths = (name: string) => ({
      queries: join(folder, `${name}.queries.parquet`),
      answers: join(folder, `${name}.answers.parquet`),
    })
    await writeTruth(paths('one'), truth, 12)
    await writeTruth(paths('two'), truth, 12)
    const back = await readTruth(paths('one'), { dimension: 8, depth: 12 })
    expect(back.queries).toEqual(truth.queries)
    expect([...back.answers.keys()]).toEqual([1, 0.02])
    expect(back.answers.get(0.02)).toEqual(truth.answers.get(0.02))
    expect(back.answers.get(1)).toEqual(truth.answers.get(1))
    const digest = async (path: string) =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
    expect(await digest(paths('one').queries)).toBe(await digest(paths('two').queries))
    expect(await digest(paths('one').answers)).toBe(await digest(paths('two').answers))
  })
})

describe('any answer without its question', () => {
  it('keeps the others in their order, as many as the depth allows', () => {
    const answer = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 })
    fc.assert(
      fc.property(answer, fc.constantFrom(...'abcdefgh', ''), fc.nat(8), (ids, exclude, depth) => {
        const kept = without({ ids, distances: ids.map((_, at) => at) }, exclude, depth)
        const expected = ids.filter((id) => id !== exclude).slice(0, depth)
        expect(kept.ids).toEqual(expected)
        expect([...(kept.distances as Float32Array)]).toEqual(expected.map((id) => ids.indexOf(id)))
      }),
    )
  })

  it('is stopped between batches, with the reason', async () => {
    const reason = new Error('interrupted')
    const queries = rowQueries(rows.slice(0, 40), { excluded: true })
    const asked = groundTruth({ table, queries, depth: 3, filters: [], signal: AbortSignal.abort(reason) })
    await expect(asked).rejects.toBe(reason)
  })

  it('of no questions is a truth without answers', async () => {
    const { queries, answers } = await groundTruth({ table, queries: [], depth: 3, filters: [0.5] })
    expect([queries, [...answers.values()]]).toEqual([[], [[], []]])
  })
})
