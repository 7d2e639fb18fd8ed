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
    expect(batching.size).toBe(4)
    expect(tried).toEqual([16, 8, 4, 4, 8, 4, 4, 4])
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
