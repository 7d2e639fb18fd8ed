import type { BackEnd } from '@promptloom/generate/back-end'
import { GeneratorError } from '@promptloom/generate/generator-error'
import type { Neighbour, Refiner } from '@promptloom/refine/refiner'
import { type ToyCollection, type ToyRow, toyCollection, toyPicture } from '@promptloom/search/collection.double'
import { Searcher } from '@promptloom/search/searcher'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { worthText } from '../display/worth-text.ts'
import { measureWorth } from './worth.ts'

const SUBJECTS = ['cat', 'dog', 'hen', 'owl', 'fox', 'ant', 'bee', 'elk']
const rows: ToyRow[] = SUBJECTS.map((subject) => ({
  id: subject,
  prompt: `${subject} asleep`,
  shows: `${subject} asleep`,
}))

let toy: ToyCollection
let searcher: Searcher
beforeAll(async () => {
  toy = await toyCollection(rows)
  searcher = new Searcher(toy.collection)
})
afterAll(() => toy[Symbol.asyncDispose]())

/** Paints what the words say. */
const painter: BackEnd & { readonly seeds: (number | undefined)[] } = {
  seeds: [],
  describe: () => ({ kind: 'toy', label: 'toy painter', standIn: true }),
  async generate({ prompt, seed }) {
    this.seeds.push(seed)
    if (prompt.includes('refuse')) throw new GeneratorError('generator_refused', 'no')
    const parameters = { prompt, negativePrompt: '', seed: 1, steps: null, sampler: null, cfg: null, model: null }
    return [{ bytes: toyPicture(prompt), mediaType: 'image/png', width: 1, height: 1, parameters }]
  },
}

function refiner(
  label: string,
  change: (prompt: string, neighbours: readonly Neighbour[]) => string | undefined,
): Refiner {
  const description = { kind: 'offline' as const, label }
  return {
    describe: () => description,
    async refine({ prompt, neighbours }) {
      const improved = change(prompt, neighbours)
      const variants = improved === undefined ? [] : [{ prompt: improved, reason: '', neighbours: [] }]
      return { refiner: description, variants, usage: null, repaired: false }
    },
  }
}

const prompts = rows.map(({ prompt }) => prompt)
const measure = (refiners: Refiner[], asked: readonly string[] = prompts) =>
  measureWorth({ collection: toy.collection, searcher, refiners, painter, prompts: asked, seed: 7 })

describe('what a refiner is worth', () => {
  it('is measured before and after, per refiner, with intervals', async () => {
    const [away, same] = await measure([
      refiner('away', (prompt) => `${prompt} volcano comet`),
      refiner('same', (prompt) => prompt),
    ])
    expect(away?.outcomes).toEqual({ ok: 8 })
    expect(away?.clipScore.change.value).toBeLessThan(0)
    expect(away?.clipScore.change.high).toBeLessThan(0)
    expect(away?.novelty?.before.value).toBeCloseTo(0, 3)
    expect(away?.novelty?.change.low).toBeGreaterThan(0)
    expect(same?.clipScore.change).toMatchObject({ value: 0, low: 0, high: 0, n: 8 })
    expect(away?.clipScore.before).toEqual(same?.clipScore.before)
  })

  it('is seen in pictures of the same seed, and each original is painted once', async () => {
    painter.seeds.length = 0
    await measure([refiner('a', (prompt) => `${prompt} a`), refiner('b', (prompt) => `${prompt} b`)])
    expect(painter.seeds).toEqual(Array.from({ length: 8 * 3 }, () => 7))
  })

  it('leaves a prompt of the collection out of its own neighbours', async () => {
    const shown: string[] = []
    const listening = refiner('a', (prompt, neighbours) => {
      shown.push(...neighbours.map((one) => one.prompt))
      return prompt
    })
    await measure([listening], ['cat asleep'])
    expect(shown.length).toBeGreaterThan(0)
    expect(shown).not.toContain('cat asleep')
  })

  it('counts what failed, and goes on', async () => {
    const odd = refiner('odd', (prompt) =>
      prompt.startsWith('cat') ? undefined : prompt.startsWith('dog') ? 'refuse' : prompt,
    )
    const [worth] = await measure([odd])
    expect(worth?.outcomes).toEqual({ no_variant: 1, generator_refused: 1, ok: 6 })
    expect(worth?.clipScore.change.n).toBe(6)
    const broken = { ...painter, generate: () => Promise.reject(new Error('a bug')) }
    await expect(
      measureWorth({ collection: toy.collection, searcher, refiners: [odd], painter: broken, prompts, seed: 1 }),
    ).rejects.toThrow('a bug')
  })

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    const options = {
      collection: toy.collection,
      searcher,
      refiners: [refiner('a', (p) => p)],
      painter,
      prompts,
      seed: 1,
    }
    await expect(measureWorth({ ...options, signal })).rejects.toThrow('stop')
  })

  it('is told with stand-ins named, and with what the figures prove', async () => {
    const worths = await measure([
      refiner('away', (prompt) => `${prompt} volcano comet`),
      refiner('same', (prompt) => prompt),
    ])
    const text = worthText(worths, { model: 'toy', standIn: 'It is a toy.', painter: painter.describe() })
    expect(text).toMatch(/The model toy is a stand-in, so that the figures say nothing of CLIP\. It is a toy\./)
    expect(text).toMatch(/toy painter; it stands in for Stable Diffusion/)
    expect(text).toMatch(/offline: away; it stands in for a language model/)
    expect(text).toMatch(/CLIP score .* -0\.\d+ \[.*\] .* worse/)
    expect(text).toMatch(/novelty .* \+0\.\d+ \[.*\] .* more/)
    expect(text).toMatch(/CLIP score .* \+?0\.000 \[.*\] .* no difference shown/)
  })
})
