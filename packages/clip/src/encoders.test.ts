import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { Batching } from './batching.ts'
import { ImageEncoder } from './image-encoder.ts'
import type { Task } from './inference-task.ts'
import { PictureError } from './picture.ts'
import type { PictureRecipe } from './picture-recipe.ts'
import { TextEncoder } from './text-encoder.ts'
import type { TokenizedText } from './tokenizer.ts'
import type { WorkerPool } from './worker-pool.ts'

/** A pool that computes in this thread: a row's vector is what `vectorOf` makes of its numbers. */
function poolOf(vectorOf: (row: ArrayLike<number>) => number[]) {
  const tasks: { rows: number; steady: boolean }[] = []
  const run = async (task: Task) => {
    await new Promise((resolve) => setImmediate(resolve))
    if (task.kind === 'text') {
      tasks.push({ rows: task.lengths.length, steady: task.steady })
      let at = 0
      const rows = [...task.lengths].map((length) => {
        at += length
        return task.ids.subarray(at - length, at)
      })
      expect(Math.max(...task.lengths)).toBeLessThan(2 * Math.min(...task.lengths) + 1)
      return Float32Array.from(rows.flatMap((row) => vectorOf(row)))
    }
    if (task.kind !== 'image') throw new Error('no such task')
    const size = task.height * task.width * 3
    tasks.push({ rows: task.pixels.length / size, steady: task.steady })
    const rows = Array.from({ length: task.pixels.length / size }, (_, row) =>
      task.pixels.subarray(row * size, (row + 1) * size),
    )
    return Float32Array.from(rows.flatMap((row) => vectorOf(row)))
  }
  return { tasks, pool: { run, openAll: async () => undefined, size: 2 } as unknown as WorkerPool }
}
const unit = (values: readonly number[]) => {
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}
/** Tells sequences apart by their first id and their length. */
const direction = (row: ArrayLike<number>) => unit([row[0] as number, row.length, 1])
const tokens = (...sequences: number[][]): TokenizedText => ({
  sequences: sequences.map((ids) => Int32Array.from(ids)),
  overlong: sequences.length > 1,
  empty: false,
})

describe('a text encoder', () => {
  const encoder = (pool: WorkerPool, size = 4, lengthStep = 1) =>
    new TextEncoder({ pool, overlong: 'truncate', lengthStep, batching: new Batching(size, 2) })

  it('gives each text its own vector, in the order of asking, whatever lengths share a batch', async () => {
    const texts = fc.array(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }).map((ids) => tokens(ids)),
      { maxLength: 25 },
    )
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 5 }), async (all, size) => {
        const { pool, tasks } = poolOf(direction)
        let told = 0
        const progress = (rows: number) => {
          told += rows
        }
        const vectors = await encoder(pool, size).encode(all, { progress })
        expect(vectors).toHaveLength(all.length)
        for (const [at, vector] of vectors.entries()) {
          const expected = direction(all[at]?.sequences[0] ?? [])
          expect([...vector]).toEqual(expected.map((one) => expect.closeTo(one, 5)))
        }
        expect(told).toBe(all.length)
        expect(tasks.every(({ rows }) => rows <= size)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('averages the windows of a text that has several', async () => {
    const { pool } = poolOf(direction)
    const [vector] = await encoder(pool).encode([tokens([1, 2], [9, 2])])
    const [a, b] = [direction([1, 2]), direction([9, 2])]
    const mean = unit(a.map((one, at) => one + (b[at] as number)))
    expect([...(vector ?? [])]).toEqual(mean.map((one) => expect.closeTo(one, 5)))
  })

  it.each([
    ['one question', [tokens([1])], undefined, false],
    ['one question that must be steady', [tokens([1])], true, true],
    ['several texts', [tokens([1]), tokens([2, 2])], undefined, true],
    ['several texts that need not be', [tokens([1]), tokens([2, 2])], false, false],
  ])('asks for the same bytes in any batch of %s: %s', async (_, texts, steady, expected) => {
    const { pool, tasks } = poolOf(direction)
    await encoder(pool).encode(texts, { steady })
    expect(new Set(tasks.map((task) => task.steady))).toEqual(new Set([expected]))
  })

  it('ends with the reason when it is aborted', async () => {
    const { pool, tasks } = poolOf(direction)
    const reason = new Error('interrupted')
    await expect(encoder(pool).encode([tokens([1])], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(tasks).toEqual([])
  })

  it('passes on the failure of one batch', async () => {
    const { pool } = poolOf(() => {
      throw new Error('bad shape')
    })
    await expect(encoder(pool).encode([tokens([1]), tokens([2])])).rejects.toThrow('bad shape')
  })
})

describe('an image encoder', () => {
  const recipe: PictureRecipe = {
    ...{ resize: { shortest: 4 }, kernel: 'nearest', height: 4, width: 4, scale: [1, 1, 1], shift: [0, 0, 0] },
  }
  const encoder = (pool: WorkerPool, size = 2) =>
    new ImageEncoder({ pool, recipe, batching: new Batching(size, 2), dimension: 3 })
  const colour = (pixels: ArrayLike<number>) => unit([(pixels[0] as number) + 1, (pixels[1] as number) + 1, 1])
  const png = (r: number, g: number) =>
    sharp({ create: { width: 9, height: 6, channels: 3, background: { r, g, b: 0 } } })
      .png()
      .toBuffer()

  it('gives each picture its own vector, in the order of asking, and broken ones their error', async () => {
    const { pool, tasks } = poolOf(colour)
    const good = await Promise.all([10, 60, 200, 120].map((red) => png(red, 30)))
    const sources = [good[0], Buffer.from('no picture'), good[1], good[2], Buffer.alloc(0), good[3]] as Buffer[]
    const results = await encoder(pool).embed(sources.map((bytes) => async () => bytes))
    expect(results.map((one) => one instanceof PictureError)).toEqual([false, true, false, false, true, false])
    const reds = [10, undefined, 60, 200, undefined, 120]
    for (const [at, red] of reds.entries()) {
      if (red === undefined) continue
      const expected = colour([red, 30])
      expect([...(results[at] as Float32Array)]).toEqual(expected.map((one) => expect.closeTo(one, 4)))
    }
    expect(tasks.reduce((sum, { rows }) => sum + rows, 0)).toBe(4)
  })

  it('reads no more pictures than its batches in work need', async () => {
    let [now, most] = [0, 0]
    const { pool } = poolOf(colour)
    const bytes = await png(1, 2)
    const sources = Array.from({ length: 20 }, () => async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
      return bytes
    })
    await encoder(pool).embed(sources)
    expect(most).toBeLessThanOrEqual(4)
  })

  it('passes on what went wrong in reading: that is no fault of the picture', async () => {
    const { pool } = poolOf(colour)
    const gone = async (): Promise<Uint8Array> => Promise.reject(new Error('the archive is gone'))
    await expect(encoder(pool).embed([gone])).rejects.toThrow('the archive is gone')
  })

  it('of broken pictures alone asks the model nothing', async () => {
    const { pool, tasks } = poolOf(colour)
    const results = await encoder(pool).embed([async () => Buffer.from('x'), async () => Buffer.from('y')])
    expect(results.every((one) => one instanceof PictureError)).toBe(true)
    expect(tasks).toEqual([])
  })

  it('of no pictures gives no vectors', async () => {
    expect(await encoder(poolOf(colour).pool).embed([])).toEqual([])
  })
})
