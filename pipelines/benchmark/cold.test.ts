import { describe, expect, it } from 'vitest'
import { measureCold } from './cold.ts'
import { type Faults, MemoryTarget, randomRows } from './memory-target.double.ts'
import { groundTruth, rowQueries } from './query-set.ts'
import { repeatRatio } from './repetition.ts'
import type { Ask } from './target.ts'

const ROWS = randomRows(40, 6, 'cold')

/** A table, and so many questions to it with their exact answers. */
async function measured(questions: number, faults: Faults = {}) {
  const { text: table } = new MemoryTarget({ text: ROWS }, faults)
  if (!table) throw new Error('The double has a text table.')
  const queries = rowQueries(ROWS.slice(0, questions), { excluded: true })
  return { table, truth: await groundTruth({ table, queries, depth: 20, filters: [] }) }
}

const bytesOf = ({ vector }: Ask) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('hex')

describe('cold answers', () => {
  it('are the first ones after the caches were emptied, three times, each with the four that follow', async () => {
    const at = await measured(30)
    let asked = 0
    const empties: number[] = []
    at.table.dropCaches = async () => {
      empties.push(at.table.asked.length - asked)
      asked = at.table.asked.length
      return true
    }
    const report = await measureCold(at, 64)
    expect(report).toEqual({ effort: 64, first: expect.any(Array), next: expect.any(Array) })
    expect([report?.first.length, report?.next.length]).toEqual([3, 12])
    expect(empties).toEqual([0, 5, 5])
    expect(at.table.asked.every(({ k, effort, share }) => k >= 10 && effort === 64 && share === 1)).toBe(true)
  })

  it('are never asked for twice with the same bytes: a cache of answers would make them warm', async () => {
    for (const questions of [30, 4, 1]) {
      const at = await measured(questions)
      await measureCold(at, 'exact')
      await measureCold(at, 64)
      const asked = at.table.asked.map(bytesOf)
      // Fewer questions than askings of one trial cannot all differ, but from trial to trial they do.
      if (questions >= 5) expect(new Set(asked).size).toBe(asked.length)
      else expect(new Set(asked).size).toBeGreaterThanOrEqual(6 * questions)
    }
  })

  it('are in thousandths of a millisecond', async () => {
    const at = await measured(20)
    const { first = [], next = [] } = (await measureCold(at, 'auto')) ?? {}
    expect(first).toHaveLength(3)
    for (const time of [...first, ...next]) {
      expect(Math.abs(time * 1000 - Math.round(time * 1000))).toBeLessThan(1e-6)
    }
  })

  it('are not there where the engine cannot empty its caches, and then nothing is asked', async () => {
    const at = await measured(20)
    at.table.dropCaches = async () => false
    expect(await measureCold(at, 64)).toBeUndefined()
    expect(at.table.asked).toEqual([])
  })

  it('stop where the run is told to', async () => {
    const at = await measured(20)
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(measureCold({ ...at, signal }, 64)).rejects.toThrow('enough')
  })

  it('of no questions are not there', async () => {
    expect(await measureCold(await measured(0), 64)).toBeUndefined()
  })
})

describe('the same question twice', () => {
  it('is asked in the very same bytes, which no sweep ever asks', async () => {
    const { table, truth } = await measured(20)
    expect(await repeatRatio({ table, truth }, 64)).toBeGreaterThan(0)
    const asked = table.asked.map(bytesOf)
    expect(asked).toHaveLength(30)
    for (let at = 0; at < asked.length; at += 2) expect(asked[at]).toBe(asked[at + 1])
    expect(new Set(asked).size).toBe(15)
    const own = new Set(truth.queries.map(({ vector }) => bytesOf({ vector } as Ask)))
    expect(asked.some((bytes) => own.has(bytes))).toBe(false)
  })

  it('is far faster the second time where the store keeps its answers', async () => {
    const known = new Set<string>()
    const at = await measured(5, {
      delay(ask) {
        const kept = known.has(bytesOf(ask))
        known.add(bytesOf(ask))
        return kept ? 0 : 30
      },
    })
    expect(await repeatRatio(at, 64)).toBeLessThan(0.6)
  })

  it('of no questions says nothing, and stops where the run is told to', async () => {
    expect(await repeatRatio(await measured(0), 64)).toBeNull()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(repeatRatio({ ...(await measured(5)), signal }, 64)).rejects.toThrow('enough')
  })
})
