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
})
