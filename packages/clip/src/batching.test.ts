import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Batching } from './batching.ts'

const rows = Array.from({ length: 20 }, (_, at) => at)

describe('batches', () => {
  it('halve when memory runs out, and stay that small', async () => {
    const batching = new Batching(16, 1)
    const tried: number[] = []
    const done: number[] = []
    const work = async (batch: readonly number[]) => {
      tried.push(batch.length)
      if (batch.length > 4) throw new Error('CUDA failure 2: out of memory')
      done.push(...batch)
    }
    await batching.run(rows, { work }, {})
    expect(done.sort((a, b) => a - b)).toEqual(rows)
    expect(batching.size).toBe(3)
    expect(tried).toEqual([10, 5, 3, 2, 5, 3, 2, 3, 3, 3, 1])
  })

  it.each([
    [20, 16, 1, [10, 10]],
    [64, 32, 4, [16, 16, 16, 16]],
    [236, 32, 4, [30, 30, 30, 30, 30, 30, 30, 26]],
    [40, 32, 4, [10, 10, 10, 10]],
    [17, 32, 4, [9, 8]],
    [15, 32, 4, [15]],
    [3, 2, 4, [2, 1]],
    [1200, 512, 2, [300, 300, 300, 300]],
  ])('of %i rows, at most %i, %i in work, are of nearly one size: %j', async (count, size, inFlight, expected) => {
    const sizes: number[] = []
    const work = async (batch: readonly number[]) => void sizes.push(batch.length)
    await new Batching(size, inFlight).run([...Array(count).keys()], { work }, {})
    expect(sizes).toEqual(expected)
  })

  it('of rows that belong together are of nearly one size, too: none is left alone', async () => {
    const sizes: number[] = []
    const work = async (batch: readonly number[]) => void sizes.push(batch.length)
    const together = (a: number, b: number) => a < 33 === b < 33
    await new Batching(32, 4).run([...Array(37).keys()], { work, together }, {})
    expect(sizes).toEqual([17, 16, 4])
  })

  it('give up when a single row is too much, or something else is wrong', async () => {
    const failing = (message: string) =>
      new Batching(4, 2).run(rows, { work: async () => Promise.reject(new Error(message)) }, {})
    await expect(failing('Failed to allocate memory for requested buffer')).rejects.toThrow('Failed to allocate')
    await expect(failing('bad shape')).rejects.toThrow('bad shape')
  })

  it('hold only rows that may be together, and leave out what is not ready', async () => {
    const batches: (readonly number[])[] = []
    const work = async (batch: readonly number[]) => {
      batches.push(batch)
    }
    const together = (a: number, b: number) => Math.floor(a / 3) === Math.floor(b / 3)
    const prepare = async (batch: readonly number[]) => batch.filter((row) => row !== 4)
    await new Batching(8, 1).run(rows.slice(0, 8), { work, together, prepare }, {})
    expect(batches).toEqual([
      [0, 1, 2],
      [3, 5],
      [6, 7],
    ])
  })
})

describe('any batching', () => {
  it('does every row once, whatever fits into memory and however many are in work', async () => {
    const anything = fc.record({
      count: fc.nat(60),
      size: fc.integer({ min: 1, max: 32 }),
      inFlight: fc.integer({ min: 1, max: 4 }),
      fits: fc.integer({ min: 1, max: 32 }),
      run: fc.integer({ min: 1, max: 10 }),
    })
    await fc.assert(
      fc.asyncProperty(anything, async ({ count, size, inFlight, fits, run }) => {
        const done: number[] = []
        let told = 0
        let [now, most] = [0, 0]
        const batching = new Batching(size, inFlight)
        const work = async (batch: readonly number[]) => {
          now += 1
          most = Math.max(most, now)
          await Promise.resolve()
          now -= 1
          if (batch.length > fits) throw new Error('std::bad_alloc')
          expect(new Set(batch.map((row) => Math.floor(row / run))).size).toBe(1)
          done.push(...batch)
        }
        const together = (a: number, b: number) => Math.floor(a / run) === Math.floor(b / run)
        const progress = (rows: number) => {
          told += rows
        }
        await batching.run([...Array(count).keys()], { work, together }, { progress })
        expect(done.sort((a, b) => a - b)).toEqual([...Array(count).keys()])
        expect(told).toBe(count)
        expect(most).toBeLessThanOrEqual(inFlight)
        if (count > 0 && batching.size < size) expect(batching.size).toBeLessThanOrEqual(Math.max(fits, 1) * 2)
      }),
      { numRuns: 60 },
    )
  })

  it('tells the first error once what is in work has settled, and begins nothing more', async () => {
    let settled = 0
    let begun = 0
    const work = async ([row = 0]: readonly number[]) => {
      begun += 1
      await new Promise((resolve) => setImmediate(resolve))
      settled += 1
      if (row === 2) throw new Error('bad shape')
    }
    await expect(new Batching(1, 2).run(rows, { work }, {})).rejects.toThrow('bad shape')
    expect(settled).toBe(begun)
    expect(begun).toBeLessThanOrEqual(4)
  })

  it('ends before its next batch when it is aborted, with the reason', async () => {
    const reason = new Error('interrupted')
    const interrupt = new AbortController()
    let begun = 0
    const work = async () => {
      begun += 1
      interrupt.abort(reason)
    }
    await expect(new Batching(4, 1).run(rows, { work }, { signal: interrupt.signal })).rejects.toBe(reason)
    expect(begun).toBe(1)
  })
})
