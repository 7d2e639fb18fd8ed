import { describe, expect, it } from 'vitest'
import type { Cell } from './cell.ts'
import { CellResult } from './cell-result.ts'
import { MemoryTable, randomRows } from './memory-target.double.ts'
import { groundTruth, rowQueries } from './query-set.ts'
import type { Answered } from './round.ts'

const rows = randomRows(60, 8, 'rows')
const table = new MemoryTable(rows, {})
const queries = rowQueries(rows.slice(0, 4), { excluded: true })
const truth = await groundTruth({ table, queries, depth: 10, filters: [] })
const judgement = { table, truth, tolerance: 1e-6 }
const proof = (usesIndex: boolean) => ({ usesIndex, evidence: 'EXPLAIN' })

/** The true answers, each after so many milliseconds. */
const right = (used: Answered['used'], milliseconds = 2): Answered[] =>
  queries.map((_, query) => ({ query, ids: truth.answers.get(1)?.[query]?.ids.slice(0, 5) ?? [], milliseconds, used }))

function result(changes: Partial<Cell> = {}) {
  const cell: Cell = { k: 5, effort: 64, clients: 1, share: 1, ...changes }
  const made = new CellResult(cell)
  made.load.start()
  made.load.stop()
  return made
}

describe('a setting', () => {
  it('that is proven has all its figures', async () => {
    const made = result()
    made.witness(proof(true))
    made.add(right('index'), 8)
    made.count({ indexSearches: 4, visited: 400, cacheHits: 0 }, 4, true)
    expect(await made.report(judgement)).toMatchObject({
      ...{ k: 5, effort: 64, withheld: null, evidence: 'EXPLAIN', asked: 4, byIndex: 1, visited: 100 },
      ...{ recall: { mean: 1, n: 4 }, strict: 1, short: 0, duplicates: 0, foreign: 0, qps: 500 },
      latency: { n: 4, mean: 2, max: 2, p95: null },
    })
  })

  it('sums its rounds up', async () => {
    const made = result()
    made.add(right('index', 1).slice(0, 2), 2)
    made.add(right('index', 3).slice(2), 6)
    expect(await made.report(judgement)).toMatchObject({ asked: 4, qps: 500, latency: { mean: 2, max: 3 } })
  })

  it.each<[string, Partial<Cell>, (made: CellResult) => void, string]>([
    [
      'an index that EXPLAIN does not name',
      {},
      (made) => made.witness(proof(false)),
      'the engine says that it did not use the index (EXPLAIN)',
    ],
    [
      'an exact search by the index',
      { effort: 'exact' },
      (made) => made.witness(proof(true)),
      'the engine says that it used the index for an exact search (EXPLAIN)',
    ],
    [
      'fewer searches counted than answers',
      {},
      (made) => made.count({ indexSearches: 3, visited: 1, cacheHits: 0 }, 4, false),
      'the engine counted 3 searches of the index for 4 answers',
    ],
    [
      'searches counted during an exact one',
      { effort: 'exact' },
      (made) => made.count({ indexSearches: 1, visited: 1, cacheHits: 0 }, 4, true),
      'the engine counted 1 searches of the index during exact search',
    ],
    [
      'answers from a cache',
      { effort: 'auto' },
      (made) => made.count({ indexSearches: 0, visited: 0, cacheHits: 2 }, 4, true),
      'the engine counted 2 answers from its cache of results',
    ],
    ['a table that changed', {}, (made) => made.doubt('it changed'), 'it changed'],
  ])('with %s is withheld, with the reason', async (_, cell, lie, reason) => {
    const made = result(cell)
    lie(made)
    made.add(right(cell.effort === undefined ? 'index' : 'exact'), 8)
    expect(await made.report(judgement)).toMatchObject({
      ...{ withheld: reason, recall: null, strict: null, latency: null, qps: null, asked: 4 },
    })
  })

  it('with one answer from a scan is withheld', async () => {
    const made = result()
    made.add([...right('index').slice(1), ...right('exact').slice(0, 1)], 8)
    expect(await made.report(judgement)).toMatchObject({
      withheld: '1 of 4 answers came from exact search, not from the index',
      byIndex: 0.75,
    })
  })

  it('without answers is withheld', async () => {
    expect((await result().report(judgement)).withheld).toBe('no question was answered')
  })

  it('keeps the first reason, however many follow', async () => {
    const made = result()
    made.doubt('first')
    made.doubt('second')
    made.witness(proof(false))
    expect((await made.report(judgement)).withheld).toBe('first')
  })

  it('on a server that others use is not doubted for what they do', async () => {
    const made = result({ effort: 'exact' })
    made.count({ indexSearches: 9, visited: 900, cacheHits: 5 }, 4, false)
    made.add(right('exact'), 8)
    expect((await made.report(judgement)).withheld).toBeNull()
  })

  it('chosen by the store may be answered either way', async () => {
    const made = result({ effort: 'auto' })
    made.witness(proof(false))
    made.add(right('exact'), 8)
    expect(await made.report(judgement)).toMatchObject({ withheld: null, byIndex: 0 })
  })

  it('has its short answers, its repetitions and its inventions counted', async () => {
    const made = result()
    const [a, b, c] = right('index') as [Answered, Answered, Answered]
    made.add([{ ...a, ids: a.ids.slice(0, 3) }], 2)
    made.add([{ ...b, ids: [...b.ids.slice(0, 4), b.ids[0] as string] }], 2)
    made.add([{ ...c, ids: [...c.ids.slice(0, 4), 'invented'] }], 2)
    const report = await made.report(judgement)
    expect(report).toMatchObject({ short: 1, duplicates: 1, foreign: 1, asked: 3 })
    expect(report.recall?.mean).toBeCloseTo((3 + 4 + 4) / 15, 9)
  })

  it('takes a row beyond the truth’s depth by its distance, measured anew', async () => {
    const made = result()
    const shallow = await groundTruth({ table, queries, depth: 5, filters: [] })
    const [first] = right('index') as [Answered]
    const sixth = truth.answers.get(1)?.[0]?.ids[5] as string
    made.add([{ ...first, ids: [...first.ids.slice(0, 4), sixth] }], 2)
    expect(await made.report({ ...judgement, truth: shallow })).toMatchObject({ recall: { mean: 0.8 }, foreign: 0 })
    const generous = result()
    generous.add([{ ...first, ids: [...first.ids.slice(0, 4), sixth] }], 2)
    expect((await generous.report({ ...judgement, truth: shallow, tolerance: 1 })).recall?.mean).toBe(1)
  })
})
