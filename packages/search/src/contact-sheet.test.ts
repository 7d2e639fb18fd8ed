import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { contactSheet } from './contact-sheet.ts'

const red = await sharp({ create: { width: 300, height: 100, channels: 3, background: '#ff0000' } })
  .png()
  .toBuffer()

async function pixel(png: Buffer, left: number, top: number): Promise<number[]> {
  return [...(await sharp(png).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer())]
}

describe('a contact sheet', () => {
  it('holds a tile for each hit, the picture whole in its middle', async () => {
    const sheet = await contactSheet(
      [
        { picture: red, caption: 'one' },
        { picture: undefined, caption: 'two' },
      ],
      {
        tile: 100,
        columns: 2,
      },
    )
    const { width, height, format } = await sharp(sheet).metadata()
    expect({ width, height, format }).toEqual({ width: 12 + 2 * 112, height: 12 + 156, format: 'png' })
    expect(await pixel(sheet, 62, 62)).toEqual([255, 0, 0])
    expect(await pixel(sheet, 62, 20)).toEqual([228, 228, 231])
    expect(await pixel(sheet, 174, 62)).toEqual([228, 228, 231])
  })
  it('shows captions as text, whatever they hold', async () => {
    const captions = ['<b>&"\'', '</span><span size="999999">', '💥 \u0000 ', ' '.repeat(5), '漢字 עברית']
    const sheet = await contactSheet(
      captions.map((caption) => ({ picture: red, caption })),
      { tile: 64 },
    )
    expect((await sharp(sheet).stats()).isOpaque).toBe(true)
  })
  it('of nothing is an empty sheet', async () => {
    expect((await sharp(await contactSheet([])).metadata()).width).toBeGreaterThan(0)
  })

  it.each([
    ['blanks of Braille', '\u2800\u2800'],
    ['a filler of Hangul', '\u3164'],
    ['half of a letter of two units', '\ud83d'],
    ['control characters alone', '\u0000\u0007\u200b'],
    ['a very long line', 'x'.repeat(2000)],
    ['markup that is never closed', '<b><i'],
    ['an entity that is none', '&nope; &'],
    ['right-to-left text', 'طائر أحمر'],
    ['faces', '😀'.repeat(60)],
  ])('can have %s in its caption', async (_, caption) => {
    const sheet = await contactSheet([{ picture: red, caption }], { tile: 64 })
    expect(await pixel(sheet, 12 + 32, 12 + 32)).toEqual([255, 0, 0])
  })

  it.each([
    [1, undefined, [88, 132]],
    [3, undefined, [240, 132]],
    [3, 1, [88, 372]],
    [4, 4, [316, 132]],
    [4, 9, [696, 132]],
    [5, 2, [164, 372]],
  ])('of %i pictures in %s columns measures %j', async (count, columns, size) => {
    const entries = Array.from({ length: count }, () => ({ picture: undefined, caption: 'x' }))
    const sheet = await contactSheet(entries, { tile: 64, ...(columns ? { columns } : {}) })
    const { width, height } = await sharp(sheet).metadata()
    expect([width, height]).toEqual(size)
  })
})
