import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { paint } from './paint.ts'
import { decoded, difference, huesOf, lightness, meanOf, painting } from './picture-measure.double.ts'
import { KINDS, STYLES, SUBJECTS } from './vocabulary.ts'

const tiny = { width: 32, height: 32, seed: 1 }

describe('any prompt', () => {
  test('gives a whole picture of the size asked for', async () => {
    const size = fc.integer({ min: 16, max: 90 })
    const prompt = fc.string({ unit: 'grapheme', maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(prompt, prompt, size, size, async (words, negative, width, height) => {
        const { bytes } = await paint({ prompt: words, negativePrompt: negative, seed: 3, width, height })
        const picture = await decoded(bytes)
        expect({ width: picture.width, height: picture.height }).toEqual({ width, height })
      }),
      { numRuns: 12 },
    )
  })

  test('with markup in it is drawn, not run', async () => {
    const hostile = '<script>alert(1)</script> & "quotes" \' ]]> <!-- fox --> &amp; \u0000'
    const { bytes, unknown } = await paint({ ...tiny, prompt: hostile })
    expect((await sharp(bytes).metadata()).format).toBe('png')
    expect(unknown).toContain('script')
  })

  test('and any words of the vocabulary together give a picture', async () => {
    const any = Object.fromEntries(
      Object.entries(KINDS).map(([kind, concepts]) => [kind, fc.constantFrom(...Object.keys(concepts))]),
    )
    await fc.assert(
      fc.asyncProperty(fc.record(any), fc.integer({ min: 0, max: 2 ** 32 - 1 }), async (wish, seed) => {
        const prompt = Object.entries(wish)
          .map(
            ([kind, concept]) => (KINDS[kind as keyof typeof KINDS] as Record<string, readonly string[]>)[concept]?.[0],
          )
          .join(', ')
        const { bytes, scene, unknown } = await paint({ ...tiny, prompt, seed })
        expect(unknown).toEqual([])
        expect(scene).toEqual(wish)
        const { dominant } = await sharp(bytes).stats()
        expect(dominant).toBeDefined()
      }),
      { numRuns: 25 },
    )
  })
})

describe('a seed', () => {
  test('repeats the very bytes in every format and style', async () => {
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const sketch = { ...tiny, prompt: 'a fox, oil painting', format }
      const [one, other] = await Promise.all([paint(sketch), paint(sketch)])
      expect(Buffer.from(one.bytes).equals(Buffer.from(other.bytes))).toBe(true)
    }
  })

  test('at the ends of its range is a seed like any other', async () => {
    const [low, high] = await Promise.all([0, 2 ** 32 - 1].map((seed) => painting('a balloon over hills', { seed })))
    expect(difference(low as never, high as never)).toBeGreaterThan(2)
  })

  test('changes the picture but not what is in it', async () => {
    const scenes = await Promise.all(
      [1, 2, 3].map(
        async (seed) => (await paint({ ...tiny, seed, prompt: 'a castle, hills at night, ink, wide shot' })).scene,
      ),
    )
    expect(new Set(scenes.map((scene) => JSON.stringify(scene))).size).toBe(1)
  })

  test('holds for all sizes: the same scene, larger', async () => {
    const [small, large] = await Promise.all([
      painting('a castle in the mountains, illustration', { width: 64, height: 64 }),
      painting('a castle in the mountains, illustration', { width: 256, height: 256 }),
    ])
    const { data } = await sharp(large.data, { raw: { width: 256, height: 256, channels: 3 } })
      .resize(64, 64)
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(difference(small, { data, width: 64, height: 64 })).toBeLessThan(8)
  })
})

describe('words decide what is seen', () => {
  test.each([
    ['night', 'noon', 'darker'],
    ['dusk', 'noon', 'darker'],
    ['snow', 'forest', 'lighter'],
    ['pastel', 'vivid', 'lighter'],
    ['neon', 'watercolour', 'darker'],
    ['thunderstorm', 'sunny day', 'darker'],
  ])('%s is not %s: it is %s', async (one, other, expected) => {
    const [first, second] = await Promise.all([one, other].map((word) => painting(`a castle, hills, ${word}`)))
    const [a, b] = [meanOf(first as never, lightness), meanOf(second as never, lightness)]
    expect(a > b ? 'lighter' : 'darker').toBe(expected)
  })

  test('a negative prompt takes out what it names, and nothing else', async () => {
    const prompt = 'a red balloon, rain, hills, noon'
    const { scene } = await paint({ ...tiny, prompt })
    const without = (await paint({ ...tiny, prompt, negativePrompt: 'rainy, crimson' })).scene
    expect(scene).toMatchObject({ weather: 'rain', palette: 'crimson' })
    expect(without).toEqual({ subject: 'balloon', setting: 'hills', time: 'noon', style: 'illustration' })
  })

  test('what is understood and what is not is told in the order of the prompt', async () => {
    const { understood, unknown } = await paint({ ...tiny, prompt: 'wibbly fox, wobbly night, by greg, oil on canvas' })
    expect(understood).toEqual(['fox', 'night', 'oil on canvas'])
    expect(unknown).toEqual(['wibbly', 'wobbly', 'greg'])
  })

  test('every subject leaves its mark in a plain studio', async () => {
    const empty = await painting('plain background, noon, centered', { width: 64, height: 64 })
    for (const [subject, [word]] of Object.entries(SUBJECTS)) {
      const picture = await painting(`${word}, plain background, noon, centered`, { width: 64, height: 64 })
      expect([subject, huesOf(picture).length >= huesOf(empty).length]).toEqual([subject, true])
      expect([subject, difference(picture, empty) > 3]).toEqual([subject, true])
    }
  })
})

describe('formats', () => {
  test.each(Object.keys(STYLES))('%s comes through JPEG and WebP nearly as it does through PNG', async (style) => {
    const prompt = `an owl, ${(STYLES as Record<string, readonly string[]>)[style]?.[0]}, hills, noon`
    const [png, jpeg, webp] = await Promise.all(
      (['png', 'jpeg', 'webp'] as const).map((format) => painting(prompt, { width: 48, height: 48, format })),
    )
    expect(difference(png as never, jpeg as never)).toBeLessThan(24)
    expect(difference(png as never, webp as never)).toBeLessThan(24)
  })
})
