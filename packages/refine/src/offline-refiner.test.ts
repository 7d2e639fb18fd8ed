import { describe, expect, test } from 'vitest'
import { modifiersOf, phraseKey, phrases } from './modifiers.ts'
import { OfflineRefiner } from './offline-refiner.ts'

const NEIGHBOURS = [
  { id: 'a', prompt: 'portrait of a fox, highly detailed, sharp focus, by greg rutkowski', similarity: 0.9 },
  { id: 'b', prompt: 'a red fox, (Sharp Focus:1.3), golden hour, 8 k', similarity: 0.8 },
  { id: 'c', prompt: 'fox in a forest, sharp focus, highly detailed, fog, watercolor', similarity: 0.7 },
  { id: 'd', prompt: 'wolf, ink, sharp-focus, sharp focus, moody, rim light, 35mm, film grain', similarity: 0.4 },
]

describe('phrases', () => {
  test('are split at commas, without weights and brackets', () => {
    expect(phrases('a fox, ((sharp focus:1.2)), [8k], "moody" | fog; 16:9 ratio. oil\n f / 1. 8,,')).toEqual([
      'a fox',
      'sharp focus',
      '8k',
      'moody',
      'fog',
      '16:9 ratio',
      'oil',
      'f / 1. 8',
    ])
  })

  test('are the same phrase in any spelling', () => {
    expect(phraseKey('Sharp-Focus!')).toBe(phraseKey('  sharp focus'))
  })
})

describe('modifiers', () => {
  test('weigh frequency times similarity, counted once a neighbour', () => {
    const [first, second] = modifiersOf('a cat', NEIGHBOURS)
    expect(first).toMatchObject({ phrase: 'sharp focus', neighbours: ['a', 'b', 'c', 'd'] })
    expect(first?.weight).toBeCloseTo(0.9 + 0.8 + 0.7 + 0.4, 10)
    expect(second).toMatchObject({ phrase: 'highly detailed', neighbours: ['a', 'c'] })
  })

  test("leave out subjects, what the prompt says already, whole sentences and what isn't similar", () => {
    const sentence = { id: 'e', prompt: 'x, a very long sentence that describes what is to be seen', similarity: 0.9 }
    const opposite = { id: 'f', prompt: 'x, anti', similarity: -0.5 }
    const found = modifiersOf('a cat with Sharp Focus, fog', [...NEIGHBOURS, sentence, opposite])
    const keys = found.map((modifier) => phraseKey(modifier.phrase))
    expect(keys).not.toEqual(expect.arrayContaining(['sharp focus']))
    expect(keys).not.toContain('fog')
    expect(keys).not.toContain('wolf')
    expect(keys).not.toContain('anti')
    expect(Math.max(...keys.map((key) => key.split(' ').length))).toBeLessThanOrEqual(6)
  })

  test('do not depend on the order of the neighbours', () => {
    expect(modifiersOf('a cat', [...NEIGHBOURS].reverse())).toEqual(modifiersOf('a cat', NEIGHBOURS))
  })
})

describe('the offline refiner', () => {
  const refiner = new OfflineRefiner()

  test('keeps the prompt in front and says why, from whom, and that it is no language model', async () => {
    const result = await refiner.refine({ prompt: 'a cat on a roof.', neighbours: NEIGHBOURS, variants: 1 })
    expect(result.refiner).toEqual({ kind: 'offline', label: expect.stringContaining('no language model') })
    expect(result.usage).toBeNull()
    const [variant] = result.variants
    expect(variant?.prompt).toMatch(/^a cat on a roof, sharp focus, highly detailed, /)
    expect(variant?.reason).toContain('"sharp focus" (4)')
    expect(variant?.neighbours).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd']))
  })

  test('makes different variants, the same ones for the same seed', async () => {
    const request = { prompt: 'a cat', neighbours: NEIGHBOURS, variants: 8, seed: 3 }
    const told: number[] = []
    const first = await refiner.refine(request, { onVariant: (_, position) => told.push(position) })
    expect(new Set(first.variants.map((variant) => variant.prompt)).size).toBe(8)
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(await refiner.refine(request)).toEqual(first)
    const other = await refiner.refine({ ...request, seed: 4 })
    expect(other.variants.slice(1)).not.toEqual(first.variants.slice(1))
    expect(other.variants[0]).toEqual(first.variants[0])
  })

  test('prefers what neighbours share, and says nothing twice', async () => {
    const shared = [
      'ink',
      'fog',
      'moody',
      'rim light',
      'artstation',
      'trending on artstation',
      'film grain',
      'oil',
      '8k',
    ]
    const neighbours = ['a', 'b'].map((id) => ({
      id,
      prompt: `fox, ${shared.join(', ')}, only in ${id}`,
      similarity: 0.5,
    }))
    const { variants } = await refiner.refine({ prompt: 'a cat', neighbours, variants: 3 })
    expect(variants).toHaveLength(3)
    for (const { prompt } of variants) {
      expect(prompt).not.toContain('only in')
      expect(prompt.match(/artstation/g)?.length ?? 0).toBeLessThan(2)
    }
  })

  test('finds fewer variants, or none, where the neighbours have no more to give', async () => {
    const few = [{ id: 'a', prompt: 'fox, moody', similarity: 0.5 }]
    expect((await refiner.refine({ prompt: 'a cat', neighbours: few, variants: 5 })).variants).toHaveLength(1)
    expect((await refiner.refine({ prompt: 'a cat', neighbours: [] })).variants).toEqual([])
  })

  test('stays within what the text encoder reads', async () => {
    const prompt = 'a cat '.repeat(46).trim()
    const result = await refiner.refine({ prompt, neighbours: NEIGHBOURS, variants: 3 })
    for (const variant of result.variants) expect(variant.prompt.length).toBeLessThanOrEqual(300)
    expect(result.variants.length).toBeGreaterThan(0)
  })

  test.each([
    [{ prompt: '  ' }, 'empty'],
    [{ prompt: 'x', variants: 0 }, '1 to 50'],
    [{ prompt: 'x', variants: 2.5 }, '1 to 50'],
    [{ prompt: 'x', seed: 0.5 }, 'not an integer'],
    [{ prompt: 'x'.repeat(10_001) }, 'shorten'],
  ])('turns an unusable request down: %j', async (part, message) => {
    const error = await refiner.refine({ neighbours: [], ...part }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'RefineInputError', exitCode: 2 })
    expect((error as Error).message).toContain(message)
  })

  test('ends with the reason of an abort', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(refiner.refine({ prompt: 'x', neighbours: [] }, { signal })).rejects.toThrow('stop')
  })
})
