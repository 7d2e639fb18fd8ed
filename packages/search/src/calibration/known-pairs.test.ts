import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { beginning, change } from './known-pairs.ts'
import { seededRandom } from './random.ts'
import { unrelatedPictures } from './unrelated-pictures.ts'
import { unrelatedTexts } from './unrelated-texts.ts'

describe('a changed picture', () => {
  const wide = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#808080' } })

  it.each([
    [100, 50, [80, 40]],
    [33, 77, [26, 62]],
    [1, 1, [1, 1]],
    [2, 1, [2, 1]],
  ])('of %i × %i is cut by a fifth', async (width, height, size) => {
    const changed = await sharp(await change(await wide(width, height).png().toBuffer())).metadata()
    expect([changed.width, changed.height, changed.format]).toEqual([...size, 'jpeg'])
  })

  it('is mirrored', async () => {
    const left = await wide(50, 100).composite([]).png().toBuffer()
    const halves = await wide(100, 100)
      .composite([
        { input: { create: { width: 50, height: 100, channels: 3, background: '#ff0000' } }, left: 0, top: 0 },
        { input: left, left: 50, top: 0 },
      ])
      .png()
      .toBuffer()
    const { data } = await sharp(await change(halves))
      .raw()
      .toBuffer({ resolveWithObject: true })
    const [first, last] = [data.subarray(0, 3), data.subarray(79 * 3, 80 * 3)]
    expect((last[0] as number) - (last[1] as number)).toBeGreaterThan(150)
    expect(Math.abs((first[0] as number) - (first[1] as number))).toBeLessThan(30)
  })

  it('that is none is refused', async () => {
    await expect(change(Buffer.from('no picture'))).rejects.toThrow()
  })
})

it.each([
  ['a cat', 'a cat'],
  ['a cat on a mat', 'a cat on a mat'],
  ['a red cat sleeping; oil', 'a red cat sleeping'],
  ['cat. oil on canvas by somebody', 'cat. oil on'],
  ['', ''],
  ['a  cat\ton a\nmat', 'a cat on a mat'],
])('of %j somebody would type %j', (prompt, typed) => {
  expect(beginning(prompt)).toBe(typed)
})

describe('questions about nothing', () => {
  it.each([0, 1, 119, 120, 500])('%i of them are as many as there are', (count) => {
    const texts = unrelatedTexts(count)
    expect(texts).toHaveLength(Math.min(count, 120))
    expect(texts.every((text) => text.trim() !== '')).toBe(true)
  })
  it('of a smaller number begin those of a greater one', () => {
    expect(unrelatedTexts(120).slice(0, 30)).toEqual(unrelatedTexts(30))
  })
  it('as pictures are pictures of one size', async () => {
    for (const picture of await unrelatedPictures(3)) {
      expect(await sharp(picture).metadata()).toMatchObject({ width: 256, height: 256, format: 'png' })
    }
    expect(await unrelatedPictures(0)).toEqual([])
  })
})

describe('numbers that only look random', () => {
  const first = (seed: number, count = 1000) => {
    const random = seededRandom(seed)
    return Array.from({ length: count }, random)
  }
  it('are the same for the same seed, and others for another', () => {
    expect(first(7)).toEqual(first(7))
    expect(first(7)).not.toEqual(first(8))
  })
  it('lie from 0 to 1, evenly', () => {
    const numbers = first(1)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
    for (let tenth = 0; tenth < 10; tenth++) {
      const within = numbers.filter((one) => Math.floor(one * 10) === tenth).length
      expect(within).toBeGreaterThan(60)
      expect(within).toBeLessThan(140)
    }
  })
})
