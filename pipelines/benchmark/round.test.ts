import { describe, expect, it } from 'vitest'
import type { Cell } from './cell.ts'
import { measureCold } from './cold.ts'
import { type Faults, MemoryTable, randomRows } from './memory-target.double.ts'
import { type Query, rowQueries } from './query-set.ts'
import { seededRandom } from './random.ts'
import { repeatRatio } from './repetition.ts'
import { askRound, type Round } from './round.ts'

const rows = randomRows(100, 8, 'rows')
const queries = rowQueries(rows.slice(0, 20), { excluded: true })
const cell: Cell = { k: 5, effort: 64, clients: 1, share: 1 }
const truthOf = (asked: readonly Query[]) => ({ queries: asked, answers: new Map() })

async function ask(changes: Partial<Round> = {}, faults: Faults = {}) {
  const table = new MemoryTable(rows, faults)
  const places = [...queries.keys()]
  return { table, ...(await askRound({ table, cell, queries, places, budget: 60_000, pass: 0, ...changes })) }
}

describe('a round', () => {
  it('asks every question once, in its order, and has k answers without the question itself', async () => {
    const { answered } = await ask()
    expect(answered.map(({ query }) => query)).toEqual([...queries.keys()])
    for (const { query, ids, used } of answered) {
      expect(ids).toHaveLength(5)
      expect(ids).not.toContain(queries[query]?.id)
      expect(used).toBe('index')
    }
  })

  it('keeps the question’s own row where it is not its answer', async () => {
    const free = queries.map((query) => ({ ...query, exclude: '' }))
    const { answered, table } = await ask({ queries: free })
    for (const { query, ids } of answered) expect(ids[0]).toBe(queries[query]?.id)
    expect(table.asked.every(({ k }) => k === 5)).toBe(true)
  })

  it('asks as many at once as it has clients, never more', async () => {
    let [now, most] = [0, 0]
    const table = new MemoryTable(rows, {})
    const search = table.search.bind(table)
    table.search = async (one) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
      return search(one)
    }
    const { answered } = await ask({ table, cell: { ...cell, clients: 3 } })
    expect(most).toBe(3)
    expect(answered.map(({ query }) => query).sort((a, b) => a - b)).toEqual([...queries.keys()])
  })

  it('asks in other bytes each time, in the same direction', async () => {
    const vectors = [await ask({ pass: 0 }), await ask({ pass: 1 })].map(({ table }) => table.asked[0]?.vector)
    expect(vectors[0]).not.toEqual(vectors[1])
    const cosine = (a: Float32Array, b: Float32Array) =>
      a.reduce((sum, one, at) => sum + one * (b[at] as number), 0) / (Math.hypot(...a) * Math.hypot(...b))
    expect(cosine(vectors[0] as Float32Array, vectors[1] as Float32Array)).toBeCloseTo(1, 6)
  })

  it('begins no question once its time is up', async () => {
    expect((await ask({ budget: 0 })).answered).toEqual([])
    const { answered } = await ask({ budget: 30 }, { delay: () => 20 })
    expect(answered.length).toBeGreaterThan(0)
    expect(answered.length).toBeLessThan(queries.length)
  })

  it('passes effort and filter on', async () => {
    const { table } = await ask({ cell: { ...cell, effort: 'exact', share: 0.1 } })
    expect(new Set(table.asked.map(({ effort, share }) => `${effort} ${share}`))).toEqual(new Set(['exact 0.1']))
  })

  it('can be stopped, with the reason', async () => {
    const reason = new Error('interrupted')
    await expect(ask({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('cold answers', () => {
  it('are timed thrice, the first after each emptying apart from those that follow', async () => {
    const table = new MemoryTable(rows, {})
    let emptied = 0
    table.dropCaches = async () => {
      emptied += 1
      return true
    }
    const report = await measureCold({ table, truth: truthOf(queries) }, 64)
    expect(emptied).toBe(3)
    expect(report).toMatchObject({ effort: 64 })
    expect([report?.first.length, report?.next.length]).toEqual([3, 12])
  })

  it('are not told where the engine cannot empty its caches', async () => {
    const table = new MemoryTable(rows, {})
    table.dropCaches = async () => false
    expect(await measureCold({ table, truth: truthOf(queries) }, 'exact')).toBeUndefined()
    expect(table.asked).toEqual([])
  })

  it('are asked in bytes that no round uses', async () => {
    const table = new MemoryTable(rows, {})
    await measureCold({ table, truth: truthOf(queries) }, 64)
    await measureCold({ table, truth: truthOf(queries) }, 'exact')
    const bytes = table.asked.map(({ vector }) => Buffer.from(vector.buffer).toString('hex'))
    expect(new Set(bytes).size).toBe(bytes.length)
  })
})

describe('asking twice', () => {
  it('sends the very same bytes twice, each question in turn', async () => {
    const table = new MemoryTable(rows, {})
    await repeatRatio({ table, truth: truthOf(queries) }, 'exact')
    expect(table.asked).toHaveLength(30)
    for (let at = 0; at < 30; at += 2) expect(table.asked[at]?.vector).toEqual(table.asked[at + 1]?.vector)
  })

  it('says nothing without questions', async () => {
    expect(await repeatRatio({ table: new MemoryTable(rows, {}), truth: truthOf([]) }, 'exact')).toBeNull()
  })
})

describe('numbers by a seed', () => {
  const some = (seed: string) => Array.from({ length: 500 }, seededRandom(seed))
  it('are the same for the same text, and others for another', () => {
    expect(some('a')).toEqual(some('a'))
    expect(some('a')).not.toEqual(some('b'))
    expect(some('')).not.toEqual(some(' '))
  })
  it('lie from 0 to 1, around the middle', () => {
    const numbers = some('even')
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
    expect(numbers.reduce((sum, one) => sum + one, 0) / 500).toBeCloseTo(0.5, 1)
  })
})
