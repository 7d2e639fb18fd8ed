import { appendFile, cp, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Graph } from './graph.ts'
import { type Model, openModel } from './model.ts'
import { digestModel } from './model-digest.ts'
import { readModelDirectory } from './model-directory.ts'
import { PictureError } from './picture.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'
import { ClipTokenizer } from './tokenizer.ts'

let folder: string
let tiny: string
/** The tiny model twice: by two workers in batches of seven, and by one worker row by row. */
let model: Model
let single: Model
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-clip-'))
  tiny = join(folder, 'tiny')
  await writeSyntheticModel(tiny, TINY)
  model = await openModel(tiny, { workers: 2, batch: 7 })
  single = await openModel(tiny, { workers: 1, batch: 1 })
})
afterAll(async () => {
  await model[Symbol.asyncDispose]()
  await single[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const copy = async () => {
  const path = join(await mkdtemp(join(folder, 'copy-')), 'tiny')
  await cp(tiny, path, { recursive: true })
  return path
}

const TEXTS = Array.from({ length: 90 }, (_, at) => `${'a cat and a dog '.repeat(at % 6)}${at % 40}`)

describe('texts', () => {
  it("become unit vectors of the directory's dimension", async () => {
    expect([model.dimension, model.contextLength, model.precision]).toEqual([TINY.dimension, 77, 'fp32'])
    for (const vector of await model.text.embed(TEXTS)) {
      expect(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))).toBeCloseTo(1, 6)
    }
  })

  it('have the same bytes alone, in any batch, with any number of workers', async () => {
    expect(await model.text.embed([...TEXTS].reverse())).toEqual([...(await single.text.embed(TEXTS))].reverse())
  })

  it('have those bytes when none is as long as another, so that they are padded to be run together', async () => {
    const texts = [70, 68, 67, 50, 40, 39, 21, 12, 6, 3].map((letters) => '1'.repeat(letters))
    expect(await model.text.embed(texts)).toEqual(await single.text.embed(texts))
  })

  it('have those bytes even when all others are known already, if steady', async () => {
    const [among] = await model.text.embed(['a cat', 'a dog', 'a hen'])
    expect(await model.text.embed(['a cat'], { steady: true })).toEqual([among])
    expect(await model.text.embed(['a cat'])).toHaveLength(1)
  })

  it('have the bytes that padding to the full context gives: nothing after the end can matter', async () => {
    const tokenizer = await ClipTokenizer.load(tiny, 77, '<|endoftext|>')
    const graph = await Graph.open(join(tiny, 'onnx/text_model.onnx'), { device: 'cpu', deviceId: 0, threads: 1 })
    const trimmed = await model.text.embed(TEXTS)
    for (const [at, text] of TEXTS.entries()) {
      const ids = tokenizer.encode(text, 'truncate').sequences[0] as Int32Array
      const padded = new Int32Array(77).fill(tokenizer.padId)
      padded.set(ids)
      const full = await graph.text({ ids: padded, lengths: Int32Array.of(ids.length), length: 77 })
      expect(trimmed[at]).toEqual(full)
    }
    await graph.close()
  })

  it('that are too long are the mean of their windows, if asked', async () => {
    const long = Array.from({ length: 120 }, (_, at) => at % 10).join('')
    await using windowed = await openModel(tiny, { overlong: 'windows', workers: 1 })
    const [tokens] = await windowed.text.tokenize([long])
    const parts = await windowed.text.encode(
      (tokens?.sequences ?? []).map((ids) => ({ sequences: [ids], overlong: false, empty: false })),
    )
    expect(parts).toHaveLength(2)
    const mean = Float32Array.from(parts[0] as Float32Array, (value, at) => (value + (parts[1]?.[at] as number)) / 2)
    const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0))
    const [vector] = await windowed.text.embed([long])
    vector?.forEach((value, at) => {
      expect(value).toBeCloseTo((mean[at] as number) / length, 6)
    })
  })

  it('are embedded off the main thread', async () => {
    const texts = await model.text.tokenize(Array.from({ length: 7 }, (_, at) => `${at}`.repeat(75)))
    /** How often this thread's loop turns while one batch is embedded. */
    const turns = async () => {
      let count = 0
      let done = false
      const turn = () => {
        count += 1
        if (!done) setImmediate(turn)
      }
      turn()
      await model.text.encode(texts)
      done = true
      return count
    }
    // A graph that runs here lets no turn in; one that runs elsewhere does, unless the system has this thread wait.
    let most = 0
    for (let attempt = 0; attempt < 100 && most < 50; attempt++) most = Math.max(most, await turns())
    expect(most).toBeGreaterThanOrEqual(50)
  })
})

describe('pictures', () => {
  const png = (colour: string) =>
    sharp({ create: { width: 60, height: 40, channels: 3, background: colour } })
      .png()
      .toBuffer()

  it('have the same bytes in any batch, and a broken one spoils no other', async () => {
    const colours = ['red', '', 'blue', '#123456', 'lime', 'teal', 'white', 'pink', 'gray']
    const pictures = await Promise.all(colours.map((colour) => (colour ? png(colour) : Buffer.from('no picture'))))
    const sources = pictures.map((bytes) => async () => bytes)
    const alone = await single.image?.embed(sources)
    expect(await model.image?.embed(sources)).toEqual(alone)
    expect(alone?.map((result) => result instanceof PictureError)).toEqual(colours.map((colour) => colour === ''))
  })

  it('are run eight at a time on a CPU, and texts thirty-two, unless another batch is asked for', async () => {
    await using plain = await openModel(tiny, { workers: 1, device: 'cpu' })
    const batches: number[] = []
    const progress = (rows: number) => batches.push(rows)
    const picture = await png('red')
    const sources = Array.from({ length: 32 }, () => async () => picture)
    await plain.image?.embed(sources, { progress })
    expect(batches.splice(0)).toEqual([8, 8, 8, 8])
    await plain.text.embed(
      Array.from({ length: 64 }, (_, at) => String(100 + at)),
      { progress },
    )
    expect(batches.splice(0)).toEqual([32, 32])
    await single.image?.embed(sources.slice(0, 3), { progress })
    expect(batches).toEqual([1, 1, 1])
  })
})

describe('closing', () => {
  it('lets work that runs end, gives up what waits, and refuses what comes later', async () => {
    const closing = await openModel(tiny, { workers: 1, batch: 1 })
    const texts = await closing.text.tokenize(TEXTS)
    const running = closing.text.encode(texts).then(
      () => 'done',
      (error: Error) => error.message,
    )
    await closing[Symbol.asyncDispose]()
    expect(await running).toMatch(/closed/)
    await expect(closing.text.embed(['a'])).rejects.toThrow('closed already')
    await closing[Symbol.asyncDispose]()
  })

  it('is not needed for a stop: an aborted call ends before its next batch', async () => {
    const controller = new AbortController()
    let done = 0
    const progress = (rows: number) => {
      done += rows
      controller.abort(new Error('enough'))
    }
    await expect(single.text.embed(TEXTS, { signal: controller.signal, progress })).rejects.toThrow('enough')
    expect(done).toBeLessThan(TEXTS.length)
  })
})

describe("a model's digest", () => {
  it('changes with each file that decides vectors, and with no other', async () => {
    const digest = async (directory: string, cache?: string) =>
      digestModel(await readModelDirectory(directory, { precision: 'auto' }), cache)
    const directory = await copy()
    const first = await digest(directory)
    expect(first).toBe(model.digest)
    await writeFile(join(directory, 'README.md'), 'hello')
    expect(await digest(directory)).toBe(first)
    const cache = join(directory, 'cache.json')
    expect(await digest(directory, cache)).toBe(first)
    expect(await digest(directory, cache)).toBe(first)
    await appendFile(join(directory, 'config.json'), '\n')
    const second = await digest(directory, cache)
    expect(second).not.toBe(first)
    await appendFile(join(directory, 'onnx/text_model.onnx'), '')
    await utimes(join(directory, 'onnx/text_model.onnx'), new Date(), new Date())
    expect(await digest(directory, cache)).toBe(second)
  })

  it('is the same for fp16, which is the same weights rounded, and another for int8', async () => {
    const directory = await copy()
    for (const tower of ['text', 'vision']) {
      for (const suffix of ['_fp16', '_quantized']) {
        await cp(join(directory, `onnx/${tower}_model.onnx`), join(directory, `onnx/${tower}_model${suffix}.onnx`))
        await appendFile(join(directory, `onnx/${tower}_model${suffix}.onnx`), '')
      }
    }
    const digests = []
    for (const precision of ['auto', 'fp32', 'fp16', 'int8'] as const) {
      const found = await readModelDirectory(directory, { precision })
      digests.push(await digestModel(found))
      expect(found.graphs.precision).toBe(precision === 'auto' ? 'fp32' : precision)
    }
    expect(new Set(digests.slice(0, 3)).size).toBe(1)
    expect(digests[3]).not.toBe(digests[0])
  })
})

describe("a model directory that can't be used", () => {
  const failing = async (change: (directory: string) => Promise<unknown>, options = {}) => {
    const directory = await copy()
    await change(directory)
    return openModel(directory, { workers: 1, ...options }).then(
      () => 'opened',
      (error: { exitCode: number; message: string }) =>
        `${error.exitCode} ${error.message.replaceAll(directory, 'DIR')}`,
    )
  }

  it('is named with what it lacks and the next step', async () => {
    expect(await failing((directory) => rm(directory, { recursive: true }))).toMatch(
      /^2 There is no model directory DIR; run "promptloom model pull"/,
    )
    expect(await failing((directory) => rm(join(directory, 'tokenizer.json')))).toMatch(/^2 .* has no tokenizer\.json/)
    expect(await failing((directory) => rm(join(directory, 'onnx'), { recursive: true }))).toMatch(
      /^2 .*it has no ONNX file at all/,
    )
    expect(await failing(async () => undefined, { precision: 'q4' })).toMatch(
      /^2 .*has no q4 text_model.*it has onnx\/text_model\.onnx, onnx\/vision_model\.onnx/,
    )
    expect(await failing((directory) => writeFile(join(directory, 'config.json'), '{"model_type": 3}'))).toMatch(
      /^2 DIR\/config\.json has an unusable "model_type"/,
    )
    expect(await failing((directory) => writeFile(join(directory, 'tokenizer_config.json'), '{'))).toMatch(
      /^2 DIR\/tokenizer_config\.json is not valid JSON/,
    )
    expect(await failing((directory) => writeFile(join(directory, 'tokenizer.json'), '{}'))).toMatch(
      /^2 .*tokenizer\.json can't be used.*promptloom model pull/,
    )
    expect(await failing((directory) => writeFile(join(directory, 'onnx/text_model.onnx'), 'no graph'))).toMatch(
      /^2 DIR\/onnx\/text_model\.onnx can't be opened .*promptloom model pull/,
    )
  })
})

describe('a joint graph', () => {
  it('gives the vectors of its two towers, fed by its own input names', async () => {
    const directory = join(folder, 'joint')
    await writeSyntheticModel(directory, TINY, { joint: true })
    const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    await using joint = await openModel(directory, { workers: 1 })
    expect(await joint.text.embed(TEXTS)).toEqual(await model.text.embed(TEXTS))
    const sources = [async () => picture, async () => picture]
    expect(await joint.image?.embed(sources)).toEqual(await model.image?.embed(sources))
  })
})
