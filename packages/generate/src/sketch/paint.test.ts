import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { paint, SKETCH_LABEL } from './paint.ts'
import { COMPOSITIONS, PALETTES, SETTINGS, STYLES, SUBJECTS, TIMES, WEATHERS } from './vocabulary.ts'

const small = { seed: 7, width: 128, height: 128 }

async function pixels(prompt: string, seed = 7): Promise<Buffer> {
  const { bytes } = await paint({ ...small, prompt, seed })
  return sharp(bytes).raw().toBuffer()
}

/** Mean difference of two pictures' channels, 0–255. */
function difference(one: Buffer, other: Buffer): number {
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] as number)), 0) / one.length
}

test('the same prompt and seed give the same bytes; another seed, prompt or negative prompt does not', async () => {
  const prompt = 'a castle in the mountains, watercolour'
  const digest = async (sketch: object) => {
    const { bytes } = await paint({ ...small, prompt, ...sketch })
    return createHash('sha256').update(bytes).digest('hex')
  }
  const [first, again, seed, other, negative] = await Promise.all([
    digest({}),
    digest({}),
    digest({ seed: 8 }),
    digest({ prompt: 'a castle in the mountains, ink' }),
    digest({ negativePrompt: 'mountains' }),
  ])
  expect(again).toBe(first)
  expect(new Set([first, seed, other, negative]).size).toBe(4)
})

test.each(['png', 'jpeg', 'webp'] as const)(
  '%s pictures have the size asked for and say what they are',
  async (format) => {
    const { bytes, mediaType } = await paint({ prompt: 'a ship at sea', seed: 1, width: 96, height: 144, format })
    const metadata = await sharp(bytes).metadata()
    expect(metadata).toMatchObject({ format, width: 96, height: 144 })
    expect(mediaType).toBe(`image/${format}`)
    expect(metadata.exif?.toString('latin1')).toContain(SKETCH_LABEL)
  },
)

test('the scene follows the prompt, and what the negative prompt names is left out', async () => {
  const prompt = 'portrait of a fox, forest, night, rain, teal and orange, pixel art, linocut'
  const { scene } = await paint({ ...small, prompt })
  expect(scene).toEqual({
    subject: 'fox',
    setting: 'forest',
    time: 'night',
    weather: 'rain',
    palette: 'teal and orange',
    composition: 'close-up',
    style: 'pixel',
  })
  const without = await paint({ ...small, prompt, negativePrompt: 'pixel art, rain, forest' })
  expect(without.scene).toMatchObject({ style: 'linocut', subject: 'fox' })
  expect(without.scene.weather).toBeUndefined()
})

test.each(Object.keys(STYLES))('%s is painted in the smallest and in very long frames too', async (style) => {
  for (const [width, height] of [
    [16, 16],
    [320, 16],
  ] as const) {
    const { bytes } = await paint({ prompt: `owl, ${style}, forest`, seed: 1, width, height })
    expect(await sharp(bytes).metadata()).toMatchObject({ width, height })
  }
})

test('a prompt without any known word still gives a picture', async () => {
  const { scene, understood, unknown } = await paint({ ...small, prompt: 'zzz' })
  expect(scene.subject).toBeUndefined()
  expect({ understood, unknown }).toEqual({ understood: [], unknown: ['zzz'] })
})

test('all styles differ visibly from one another', async () => {
  const pictures = await Promise.all(
    Object.values(STYLES).map(([style]) => pixels(`castle in the mountains, ${style}`, 3)),
  )
  for (const [index, picture] of pictures.entries()) {
    for (const other of pictures.slice(index + 1)) expect(difference(picture, other)).toBeGreaterThan(8)
  }
})

test('all subjects differ visibly from one another, and from none', async () => {
  const scene = 'plain background, centered, noon'
  const names = ['', ...Object.values(SUBJECTS).map(([name]) => name)]
  const pictures = await Promise.all(names.map((name) => pixels(`${name}, ${scene}`)))
  for (const [index, picture] of pictures.entries()) {
    for (const other of pictures.slice(index + 1)) expect(difference(picture, other)).toBeGreaterThan(2)
  }
})

test.each([
  ['settings', SETTINGS],
  ['times', TIMES],
  ['weathers', WEATHERS],
  ['palettes', PALETTES],
  ['compositions', COMPOSITIONS],
])('all %s differ visibly from one another', async (_, concepts) => {
  const pictures = await Promise.all(Object.values(concepts).map(([name]) => pixels(`owl, hills, poster, ${name}`)))
  for (const [index, picture] of pictures.entries()) {
    for (const other of pictures.slice(index + 1)) expect(difference(picture, other)).toBeGreaterThan(2)
  }
})

test('monochrome pictures have no colour', async () => {
  const vivid = await pixels('balloon, hills, vivid')
  const spread = (picture: Buffer) => {
    let most = 0
    for (let at = 0; at < picture.length; at += 3) {
      const rgb = picture.subarray(at, at + 3)
      most = Math.max(most, Math.max(...rgb) - Math.min(...rgb))
    }
    return most
  }
  expect(spread(vivid)).toBeGreaterThan(100)
  expect(spread(await pixels('balloon, hills, black and white'))).toBeLessThan(3)
})
