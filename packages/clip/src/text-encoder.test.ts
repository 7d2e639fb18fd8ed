import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Model, openModel } from './model.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'

let model: Model
beforeAll(async () => {
  const directory = join(await mkdtemp(join(tmpdir(), 'promptloom-text-')), 'tiny')
  await writeSyntheticModel(directory, TINY)
  model = await openModel(directory, { workers: 2, batch: 4 })
})
afterAll(() => model[Symbol.asyncDispose]())

describe('tokenizing', () => {
  it('keeps the order of more texts than one task takes', async () => {
    const texts = Array.from({ length: 700 }, (_, at) => '1'.repeat(at % 60))
    const tokens = await model.text.tokenize(texts)
    expect(tokens.map(({ sequences }) => sequences[0]?.length)).toEqual(texts.map((text) => text.length + 2))
    expect(tokens.map(({ empty }) => empty)).toEqual(texts.map((text) => text === ''))
  })

  it('of nothing gives nothing', async () => {
    expect(await model.text.tokenize([])).toEqual([])
    expect(await model.text.embed([])).toEqual([])
  })

  it('stops when asked', async () => {
    await expect(model.text.tokenize(['a'], { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
  })
})

describe('embedding', () => {
  it('gives equal texts equal vectors, and other texts other ones', async () => {
    const [one, two, three] = await model.text.embed(['a cat', ' A  cat', 'a dog'])
    expect(two).toEqual(one)
    expect(three).not.toEqual(one)
  })

  it('reports every sequence once, in batches of one length', async () => {
    const batches: number[] = []
    const texts = ['1', '2', '3', '4', '5', '22', '33', '444']
    await model.text.embed(texts, { progress: (rows) => batches.push(rows) })
    // The five short ones, four at most, as three and two; two of the next length; one of the last.
    expect(batches.sort()).toEqual([1, 2, 2, 3])
  })

  it('of an empty text is that of begin and end alone, as in the reference', async () => {
    const [empty, blank] = await model.text.embed(['', '\x07 \t'])
    expect(empty).toEqual(blank)
    expect(empty).toHaveLength(TINY.dimension)
  })

  it('keeps vectors apart: none shares memory with another', async () => {
    const [one, two] = await model.text.embed(['a cat', 'a dog'])
    expect(one?.buffer).not.toBe(two?.buffer)
    expect(one?.byteLength).toBe(one?.buffer.byteLength)
  })

  it('serves many callers at the same time', async () => {
    const texts = Array.from({ length: 30 }, (_, at) => `text ${at}`)
    const together = await model.text.embed(texts)
    const apart = await Promise.all(texts.map(async (text) => (await model.text.embed([text]))[0]))
    expect(apart).toEqual(together)
  })

  it('passes on what the graph says of tokens that it does not know', async () => {
    const wrong = { sequences: [Int32Array.of(1, 99_999)], overlong: false, empty: false }
    await expect(model.text.encode([wrong])).rejects.toMatchObject({ name: 'InferenceError', exitCode: 2 })
    expect(await model.text.embed(['still there'])).toHaveLength(1)
  })
})
