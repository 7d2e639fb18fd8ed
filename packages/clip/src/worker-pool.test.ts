import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { WorkerStart } from './inference-task.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'
import { WorkerPool } from './worker-pool.ts'

let tiny: string
beforeAll(async () => {
  tiny = join(await mkdtemp(join(tmpdir(), 'promptloom-pool-')), 'tiny')
  await writeSyntheticModel(tiny, TINY)
})

const start = (directory = tiny): WorkerStart => ({
  ...{ directory, contextLength: 77, padToken: '<|endoftext|>', causal: true },
  ...{ textGraph: join(directory, 'onnx/text_model.onnx'), imageGraph: join(directory, 'onnx/vision_model.onnx') },
  ...{ scale: [1, 1, 1], shift: [0, 0, 0], session: { device: 'cpu', deviceId: 0, threads: 1 } },
})

const tokens = (pool: WorkerPool, ...texts: string[]) => pool.run({ kind: 'tokenize', texts, overlong: 'truncate' })

describe('a pool of inference workers', () => {
  it('answers each task with its own result, whichever worker does it', async () => {
    await using pool = new WorkerPool([start(), start(), start()])
    expect(pool.size).toBe(3)
    const texts = Array.from({ length: 60 }, (_, at) => '1'.repeat(at))
    const results = await Promise.all(texts.map((text) => tokens(pool, text)))
    expect(results.map(({ lengths }) => lengths[0])).toEqual(texts.map((text) => text.length + 2))
  })

  it('brings many texts back in few buffers', async () => {
    await using pool = new WorkerPool([start()])
    const { ids, lengths, counts, flags } = await tokens(pool, '12', '', '3'.repeat(80), '4')
    expect([...lengths]).toEqual([4, 2, 77, 3])
    expect([...counts]).toEqual([1, 1, 1, 1])
    expect([...flags]).toEqual([0, 2, 1, 0])
    expect(ids).toHaveLength(86)
  })

  it('takes over buffers instead of copying them', async () => {
    await using pool = new WorkerPool([start()])
    const { ids, lengths } = await tokens(pool, '12')
    const result = pool.run({ kind: 'text', ids, lengths, steady: false }, [
      ids.buffer as ArrayBuffer,
      lengths.buffer as ArrayBuffer,
    ])
    expect(ids).toHaveLength(0)
    expect(await result).toHaveLength(TINY.dimension)
  })

  it('opens a graph ahead of its first use', async () => {
    await using pool = new WorkerPool([start()])
    expect(await pool.run({ kind: 'open', role: 'image' })).toBeUndefined()
  })

  it('scales pixels and orders them by channel', async () => {
    const { image } = TINY.vision
    await using pool = new WorkerPool([{ ...start(), scale: [0.5, 1, 2], shift: [1, 0, -1] }, start()])
    const pixels = () => new Uint8Array(2 * image * image * 3).map((_, at) => at % 251)
    const both = await pool.run({ kind: 'image', pixels: pixels(), height: image, width: image, steady: false })
    expect(both).toHaveLength(2 * TINY.dimension)
    const first = pixels().slice(0, image * image * 3)
    const alone = await pool.run({ kind: 'image', pixels: first, height: image, width: image, steady: false })
    // The two workers scale differently; which one did what, the queue decides.
    expect(alone).toHaveLength(TINY.dimension)
    expect(Number.isFinite(alone[0])).toBe(true)
  })

  it('fails one task and goes on with the next', async () => {
    await using pool = new WorkerPool([start()])
    const wrong = pool.run({ kind: 'text', ids: Int32Array.of(999_999), lengths: Int32Array.of(1), steady: false })
    await expect(wrong).rejects.toMatchObject({
      name: 'InferenceError',
      exitCode: 2,
      message: expect.stringContaining('out of data bounds'),
    })
    expect((await tokens(pool, '1')).lengths[0]).toBe(3)
  })

  it("says that it is the directory's fault when it is", async () => {
    const broken = join(await mkdtemp(join(tmpdir(), 'promptloom-pool-')), 'broken')
    await cp(tiny, broken, { recursive: true })
    await writeFile(join(broken, 'tokenizer.json'), '{}')
    await rm(join(broken, 'onnx/vision_model.onnx'))
    await using pool = new WorkerPool([start(broken)])
    await expect(tokens(pool, 'a')).rejects.toMatchObject({ exitCode: 2 })
    await expect(pool.run({ kind: 'open', role: 'image' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('promptloom model pull'),
    })
  })

  it('can be closed twice, and takes no work after', async () => {
    const pool = new WorkerPool([start()])
    await Promise.all([pool[Symbol.asyncDispose](), pool[Symbol.asyncDispose]()])
    await expect(tokens(pool, 'a')).rejects.toThrow('closed already')
  })

  it('does not keep a program alive that forgot to close it', async () => {
    const script = join(await mkdtemp(join(tmpdir(), 'promptloom-pool-')), 'forgets.mjs')
    const model = JSON.stringify(resolve(import.meta.dirname, 'model.ts'))
    const code = `const { openModel } = await import(${model}); const m = await openModel(${JSON.stringify(tiny)}, { workers: 2 }); console.log((await m.text.embed(['a'])).length)`
    await writeFile(script, code)
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', import.meta.resolve('tsx'), script])
    expect(stdout.trim()).toBe('1')
  }, 60_000)
})
