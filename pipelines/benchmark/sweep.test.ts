import { describe, expect, it } from 'vitest'
import type { SweepAxes } from './cell.ts'
import { type Faults, MemoryTable, randomRows } from './memory-target.double.ts'
import { groundTruth, rowQueries } from './query-set.ts'
import { type SweepResult, sweep } from './sweep.ts'
import type { Ask } from './target.ts'

const axes: SweepAxes = { crossed: true, k: [10], efforts: [16, 64], clients: [1, 3], filters: [0.1] }
const rows = randomRows(200, 8, 'rows')

/** Sweeps a table in memory with the given faults, and whatever `before` does to it after the truth was taken. */
async function sweepWith(faults: Faults = {}, before: (table: MemoryTable) => void = () => undefined) {
  const table = new MemoryTable([...rows], faults)
  const queries = rowQueries(await table.sample(40, 'seed'), { excluded: true })
  const truth = await groundTruth({ table, queries, depth: 10, filters: axes.filters })
  const collection = await table.digest()
  before(table)
  return {
    table,
    result: await sweep({ table, truth, collection, axes, tolerance: 1e-6, alone: true, budget: 20_000 }),
  }
}

function cellOf({ cells }: SweepResult, effort: Ask['effort'], { clients = 1, share = 1 } = {}) {
  const found = cells.find((cell) => cell.effort === effort && cell.clients === clients && cell.share === share)
  if (!found) throw new Error(`no cell of effort ${effort}, ${clients} clients, share ${share}`)
  return found
}

// Most of a sweep's time is spent waiting, to see what else the machine does.
describe.concurrent('an honest store', () => {
  it('gets every figure printed, with its interval, its evidence and the load', async () => {
    const { result, table } = await sweepWith()
    expect(result.changed).toBe(false)
    expect(result.cells).toHaveLength(4 * 3)
    for (const cell of result.cells) {
      expect(cell).toMatchObject({ withheld: null, asked: 40, short: 0, duplicates: 0, foreign: 0, strict: 1 })
      expect(cell.recall).toMatchObject({ mean: 1, high: 1, n: 40 })
      expect(cell.recall?.low).toBeGreaterThan(0.9)
      expect(cell.latency?.n).toBe(40)
      expect(cell.qps).toBeGreaterThan(0)
      expect(cell.load.foreign).toBeGreaterThanOrEqual(0)
    }
    expect(cellOf(result, 16).evidence).toBe('Skip index')
    expect(cellOf(result, 'exact').evidence).toBe('ReadFromMergeTree')
    expect(result.cold.map(({ effort, first }) => [effort, first.length])).toEqual([
      ['exact', 3],
      [16, 3],
    ])
    // k + 1 rows are asked for, because the question's own row is dropped.
    expect(new Set(table.asked.filter(({ share }) => share === 1).map(({ k }) => k))).toContain(11)
  })

  it('is never asked the same bytes twice while it is timed', async () => {
    const { table } = await sweepWith()
    const timed = table.asked.filter(({ k }) => k === 11)
    const keys = timed.map(({ vector }) => Buffer.from(vector.buffer).toString('base64'))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.length).toBeGreaterThan(12 * 40)
  })
})

describe.concurrent('a store that lies', () => {
  it('index dropped behind its back: EXPLAIN says so, and no indexed figure is printed', async () => {
    let dropped = false
    const { result } = await sweepWith({
      answer: (ids, { share }) => {
        dropped ||= share !== 1
        return ids
      },
      usesIndex: ({ effort }) => effort !== 'exact' && !dropped,
    })
    for (const cell of result.cells.filter(({ effort }) => typeof effort === 'number')) {
      expect(cell).toMatchObject({ recall: null, strict: null, latency: null, qps: null })
      expect(cell.withheld).toMatch(/did not use the index \(ReadFromMergeTree\)/)
    }
    expect(cellOf(result, 'exact').recall?.mean).toBe(1)
  })

  it('index claimed by EXPLAIN, but single answers come from a scan', async () => {
    let asked = 0
    const { result } = await sweepWith({
      used: ({ effort }) => (effort === 'exact' || ++asked % 20 === 0 ? 'exact' : 'index'),
    })
    expect(cellOf(result, 16).withheld).toMatch(/\d+ of 40 answers came from exact search/)
    expect(cellOf(result, 'auto')).toMatchObject({ withheld: null })
    expect(cellOf(result, 'auto').byIndex).toBeLessThan(1)
  })

  it('index claimed by EXPLAIN and by every answer, but the engine counted fewer searches of it', async () => {
    const { result } = await sweepWith({ searches: ({ effort }) => (effort === 16 ? 1 : 0) })
    expect(cellOf(result, 64).withheld).toBe('the engine counted 0 searches of the index for 8 answers')
    expect(cellOf(result, 16)).toMatchObject({ withheld: null, visited: 100 })
  })

  it('exact search during which the engine counted searches of the index', async () => {
    const { result } = await sweepWith({ searches: () => 1 })
    expect(cellOf(result, 'exact').withheld).toMatch(/counted 8 searches of the index during exact search/)
  })

  it('exact search that secretly takes the index is not called exact', async () => {
    const { result } = await sweepWith({ usesIndex: () => true })
    expect(cellOf(result, 'exact').withheld).toMatch(/used the index for an exact search/)
  })

  it('duplicated results: each id counts once', async () => {
    const { result } = await sweepWith({ answer: (ids) => ids.map((_, index) => ids[index - (index % 2)] as string) })
    const cell = cellOf(result, 64)
    expect(cell.recall?.mean).toBeLessThan(0.65)
    expect(cell.duplicates).toBeGreaterThan(40 * 3)
  })

  it('empty answers are misses', async () => {
    const { result } = await sweepWith({ answer: () => [] })
    expect(cellOf(result, 64)).toMatchObject({ recall: { mean: 0 }, strict: 0, short: 40 })
  })

  it('a filter that starves the answer shows as misses and as short answers', async () => {
    const { result } = await sweepWith({ answer: (ids, { share }) => (share < 1 ? ids.slice(0, 2) : ids) })
    expect(cellOf(result, 64).recall?.mean).toBe(1)
    const starved = cellOf(result, 64, { share: 0.1 })
    expect(starved.recall?.mean).toBeLessThan(0.25)
    expect(starved.short).toBe(40)
  })

  it('rows that a filter excludes are no hits, however near they are', async () => {
    const { result } = await sweepWith({
      answer: (ids, { share }) => (share < 1 ? [rows[0]?.id as string, ...ids].slice(0, ids.length) : ids),
    })
    const cell = cellOf(result, 64, { share: 0.1 })
    expect(cell.recall?.mean).toBeLessThan(1)
    expect(cell.foreign).toBeGreaterThan(0)
  })

  it('invented ids are no hits', async () => {
    const { result } = await sweepWith({ answer: (ids) => [...ids.slice(0, 5), ...ids.slice(5).map((id) => `${id}?`)] })
    expect(cellOf(result, 64).recall?.mean).toBeLessThan(0.65)
    expect(cellOf(result, 64).foreign).toBeGreaterThan(40 * 4)
  })

  it('a stale truth after new rows: every recall is withheld', async () => {
    const { result } = await sweepWith({}, (table) => table.content.push(...randomRows(1, 8, 'new')))
    expect(result.changed).toBe(true)
    for (const cell of result.cells) expect(cell).toMatchObject({ recall: null, latency: null })
    expect(cellOf(result, 64).withheld).toMatch(/no longer the one that the exact answers were taken from/)
  })

  it('rows replaced meanwhile, their number unchanged: withheld too', async () => {
    let table: MemoryTable | undefined
    const { result } = await sweepWith(
      {
        answer: (ids, { share }) => {
          if (share < 1 && table) table.content[0] = randomRows(1, 8, 'other')[0] as never
          return ids
        },
      },
      (one) => {
        table = one
      },
    )
    expect(result.changed).toBe(true)
    expect(cellOf(result, 64).recall).toBeNull()
  })

  it('answers from a cache, by the word of the engine: withheld', async () => {
    const { result } = await sweepWith({ fromCache: ({ effort }) => effort === 64 })
    expect(cellOf(result, 64).withheld).toMatch(/counted \d+ answers from its cache of results/)
    expect(cellOf(result, 16).withheld).toBeNull()
  })

  // Compares times, which others at work would lengthen.
  it.sequential('answers kept by question: the second asking is faster, and the report has the ratio', async () => {
    const seen = new Set<string>()
    const delay = ({ vector, k, effort, share }: Ask) => {
      const key = `${k} ${effort} ${share} ${Buffer.from(vector.buffer).toString('base64')}`
      const known = seen.has(key)
      seen.add(key)
      return known ? 0 : 4
    }
    const { result } = await sweepWith({ delay })
    expect(result.repeatRatio).toBeLessThan(0.5)
    // The sweep itself was not fooled: every timed answer took its full time.
    expect(cellOf(result, 16).latency?.p50).toBeGreaterThan(3)
  })
})

describe('time for one setting', () => {
  it('bounds a slow one, and says how many questions it answered', async () => {
    const table = new MemoryTable([...rows], { delay: ({ effort }) => (effort === 'exact' ? 30 : 0) })
    const queries = rowQueries(await table.sample(150, 'seed'), { excluded: true })
    const truth = await groundTruth({ table, queries, depth: 10, filters: [] })
    const result = await sweep({
      table,
      truth,
      collection: await table.digest(),
      axes: { ...axes, clients: [1], filters: [] },
      tolerance: 1e-6,
      alone: true,
      budget: 600,
    })
    const exact = cellOf(result, 'exact')
    expect(exact.asked).toBeLessThan(100)
    expect(exact.asked).toBeGreaterThan(4)
    expect(exact.recall?.n).toBe(exact.asked)
  })

  it('can be stopped', async () => {
    const table = new MemoryTable([...rows], {})
    const queries = rowQueries(await table.sample(20, 'seed'), { excluded: true })
    const truth = await groundTruth({ table, queries, depth: 10, filters: [0.1] })
    const signal = AbortSignal.abort(new Error('stop'))
    const request = {
      table,
      truth,
      collection: await table.digest(),
      axes,
      tolerance: 1e-6,
      alone: true,
      budget: 1000,
      signal,
    }
    await expect(sweep(request)).rejects.toThrow('stop')
  })
})
