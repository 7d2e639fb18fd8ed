import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FromWorker, Task, TokenizedBuffers, ToWorker, WorkerStart } from './inference-task.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'

let folder: string
let tiny: string
let shared: ReturnType<typeof started>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-worker-'))
  tiny = join(folder, 'tiny')
  await writeSyntheticModel(tiny, TINY)
  shared = started()
})
afterAll(async () => {
  await shared[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** A worker of the tiny model, spoken to by its messages alone, and what it answered, in order. */
function started(more: Partial<WorkerStart> = {}) {
  const start: WorkerStart = {
    ...{ directory: tiny, contextLength: 77, padToken: '<|endoftext|>', causal: true },
    ...{ textGraph: join(tiny, 'onnx/text_model.onnx'), imageGraph: join(tiny, 'onnx/vision_model.onnx') },
    ...{ scale: [1, 1, 1], shift: [0, 0, 0], session: { device: 'cpu', deviceId: 0, threads: 1 } },
    ...more,
  }
  const worker = new Worker(new URL('./inference-worker.mjs', import.meta.url), { workerData: start, execArgv: [] })
  const answers: FromWorker[] = []
  const waiting = new Map<number, (answer: FromWorker) => void>()
  worker.on('message', (answer: FromWorker) => {
    answers.push(answer)
    waiting.get(answer.id)?.(answer)
  })
  const ended = new Promise<number>((resolve) => worker.once('exit', resolve))
  const send = (message: ToWorker) => worker.postMessage(message)
  let next = 0
  const ask = (task: Task) => {
    const id = next++
    const answer = new Promise<FromWorker>((resolve) => waiting.set(id, resolve))
    send({ id, task })
    return answer
  }
  const result = async <T>(task: Task): Promise<T> => {
    const answer = await ask(task)
    if ('error' in answer) throw new Error(answer.error.message)
    return answer.result as T
  }
  const close = async () => {
    send({ close: true })
    return ended
  }
  return { ask, result, send, answers, close, ended, [Symbol.asyncDispose]: async () => void (await close()) }
}

const tokenize = (texts: readonly string[], overlong: 'truncate' | 'windows' = 'truncate'): Task => ({
  kind: 'tokenize',
  texts,
  overlong,
})
const textTask = (rows: readonly (readonly number[])[], steady = false): Task => ({
  ...{ kind: 'text', steady },
  ids: Int32Array.from(rows.flat()),
  lengths: Int32Array.from(rows, (row) => row.length),
})
const rowsOf = (vectors: Float32Array) =>
  Array.from({ length: vectors.length / TINY.dimension }, (_, at) => [
    ...vectors.subarray(at * TINY.dimension, (at + 1) * TINY.dimension),
  ])
/** How far apart two vectors are, at most. */
const apart = (one: readonly number[], other: readonly number[]) =>
  Math.max(...one.map((value, at) => Math.abs(value - (other[at] as number))))

/** Sequences as the tokenizer makes them: a start, some letters, an end; ids of the tiny model's tokenizer. */
async function sequences(...texts: string[]): Promise<number[][]> {
  const { ids, lengths } = await shared.result<TokenizedBuffers>(tokenize(texts))
  let from = 0
  return [...lengths].map((length) => {
    from += length
    return [...ids.subarray(from - length, from)]
  })
}

describe('tokenizing', () => {
  it('gives every text its sequences, none of them longer than the context, and says which were cut or empty', async () => {
    const words = fc.array(fc.string({ unit: 'grapheme', maxLength: 120 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(words, async (texts) => {
        const { ids, lengths, counts, flags } = await shared.result<TokenizedBuffers>(tokenize(texts))
        expect([...counts]).toEqual(texts.map(() => 1))
        expect(ids).toHaveLength(lengths.reduce((sum, length) => sum + length, 0))
        expect(lengths.every((length) => length >= 2 && length <= 77)).toBe(true)
        for (const [at, text] of texts.entries()) {
          const [overlong, empty] = [(flags[at] as number) & 1, (flags[at] as number) & 2]
          if (overlong) expect(lengths[at]).toBe(77)
          expect(empty === 2).toBe(lengths[at] === 2)
          if (text.trim() === '') expect(empty).toBe(2)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same ids whatever stands beside a text', async () => {
    const [together, alone] = [await sequences('cat', 'a', 'dog'), await sequences('dog')]
    expect(together[2]).toEqual(alone[0])
    expect(together[0]).not.toEqual(alone[0])
  })

  it('by windows cuts a long text into sequences of which none is lost, and counts them', async () => {
    const texts = ['1', '2'.repeat(75), '3'.repeat(76), '4'.repeat(400)]
    const { ids, lengths, counts, flags } = await shared.result<TokenizedBuffers>(tokenize(texts, 'windows'))
    expect([counts[0], counts[1]]).toEqual([1, 1])
    expect([counts[2] as number, counts[3] as number].every((count) => count > 1)).toBe(true)
    expect([...flags]).toEqual([0, 0, 1, 1])
    expect(lengths).toHaveLength(counts.reduce((sum, count) => sum + count, 0))
    expect(lengths.every((length) => length <= 77)).toBe(true)
    // A start and an end a sequence; all else are the letters.
    expect(ids.length - 2 * lengths.length).toBeGreaterThanOrEqual(texts.join('').length)
  })

  it('of no text has no sequence', async () => {
    const { ids, lengths, counts, flags } = await shared.result<TokenizedBuffers>(tokenize([]))
    expect([ids, lengths, counts, flags].map(({ length }) => length)).toEqual([0, 0, 0, 0])
  })
})

describe('embedding words', () => {
  it('a row has the same vector alone and among longer ones: padding does not show', async () => {
    const rows = await sequences('a', 'a much longer text about cats', 'dog')
    const among = rowsOf(await shared.result(textTask(rows)))
    for (const [at, row] of rows.entries()) {
      const [alone] = rowsOf(await shared.result(textTask([row])))
      expect(apart(alone as number[], among[at] as number[])).toBeLessThan(1e-5)
    }
  })

  it('steady, a row that is alone has the very bytes that it has beside a copy', async () => {
    const [row] = (await sequences('a cat, oil on canvas')) as [number[]]
    const steady = await shared.result<Float32Array>(textTask([row], true))
    const [first, second] = rowsOf(await shared.result(textTask([row, row])))
    expect(rowsOf(steady)).toEqual([first])
    expect(second).toEqual(first)
  })

  it('pads to the context length where the tower looks at padding, and then rows do not depend on one another', async () => {
    await using full = started({ causal: false })
    const rows = await sequences('a', 'a much longer text about cats')
    const [alone] = rowsOf(await full.result(textTask([rows[0] as number[], rows[0] as number[]])))
    const [among] = rowsOf(await full.result(textTask(rows)))
    expect(apart(alone as number[], among as number[])).toBeLessThan(1e-6)
  })
})

describe('embedding pictures', () => {
  const { image } = TINY.vision
  const picture = (seed: number) => Uint8Array.from({ length: image * image * 3 }, (_, at) => (at * seed) % 256)
  const task = (pictures: readonly Uint8Array[], steady = false): Task => ({
    ...{ kind: 'image', height: image, width: image, steady },
    pixels: Uint8Array.from(Buffer.concat(pictures)),
  })

  it('each has its own vector, in the order in which they came', async () => {
    const pictures = [7, 31, 101].map(picture)
    const vectors = rowsOf(await shared.result(task(pictures)))
    for (const [at, one] of pictures.entries()) {
      const [alone] = rowsOf(await shared.result(task([one])))
      expect(apart(alone as number[], vectors[at] as number[])).toBeLessThan(1e-5)
    }
    expect(apart(vectors[0] as number[], vectors[1] as number[])).toBeGreaterThan(1e-3)
  })

  it('steady, one alone has the very bytes that it has beside a copy', async () => {
    const steady = await shared.result<Float32Array>(task([picture(13)], true))
    expect(rowsOf(steady)).toEqual(rowsOf(await shared.result(task([picture(13), picture(13)]))).slice(0, 1))
  })

  it('scales and shifts each channel by its own numbers', async () => {
    await using scaled = started({ scale: [2, 1, 0], shift: [0, 3, 9] })
    const flat = (...channels: [number, number, number]) =>
      Uint8Array.from({ length: image * image * 3 }, (_, at) => channels[at % 3] as number)
    const [plain] = rowsOf(await shared.result(task([flat(20, 43, 9)])))
    const [made] = rowsOf(await scaled.result(task([flat(10, 40, 200)])))
    expect(apart(plain as number[], made as number[])).toBeLessThan(1e-6)
    const [other] = rowsOf(await shared.result(task([flat(10, 40, 200)])))
    expect(apart(plain as number[], other as number[])).toBeGreaterThan(1e-4)
  })
})

describe('the messages of a worker', () => {
  it('answer in the order of the tasks, also where some of them fail', async () => {
    await using worker = started()
    const wrong = textTask([[999_999]])
    const tasks = [tokenize(['a']), wrong, { kind: 'open', role: 'image' } as const, wrong, tokenize(['b'])]
    await Promise.all(tasks.map((task) => worker.ask(task)))
    expect(worker.answers.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4])
    expect(worker.answers.map((answer) => 'error' in answer)).toEqual([false, true, false, true, false])
  })

  it('say of an error what it is and whose fault, and nothing that cannot cross', async () => {
    const broken = join(folder, 'broken')
    await writeFile(broken, '')
    await using worker = started({ textGraph: broken })
    const opened = await worker.ask({ kind: 'open', role: 'text' })
    expect(opened).toEqual({
      id: 0,
      error: { exitCode: 2, message: expect.stringContaining(`${broken} can't be opened`) },
    })
    // Words can be tokenized all the same.
    expect(await worker.ask(tokenize(['a']))).toMatchObject({ result: { counts: Int32Array.of(1) } })
  })

  it('close it after the tasks that came before, by itself and with code 0', async () => {
    const worker = started()
    const asked = worker.ask(textTask(await sequences('a cat')))
    expect(await worker.close()).toBe(0)
    expect(await asked).toMatchObject({ id: 0, result: expect.any(Float32Array) })
  })

  it('close it also where no graph was ever opened, or none could be', async () => {
    expect(await started().close()).toBe(0)
    const worker = started({ imageGraph: join(folder, 'nowhere.onnx') })
    expect(await worker.ask({ kind: 'open', role: 'image' })).toMatchObject({ error: { exitCode: 2 } })
    expect(await worker.close()).toBe(0)
  })
})
