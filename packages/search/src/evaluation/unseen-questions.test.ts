import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { unrelatedPictures } from '../calibration/unrelated-pictures.ts'
import { unrelatedTexts } from '../calibration/unrelated-texts.ts'
import { unseenPictures, unseenTexts } from './unseen-questions.ts'

describe('questions that no calibration asks', () => {
  it('are sixty texts, each once, none of them the calibration’s', () => {
    const texts = unseenTexts()
    expect(new Set(texts).size).toBe(60)
    const asked = new Set(unrelatedTexts(1_000))
    expect(texts.filter((text) => asked.has(text))).toEqual([])
    expect(unseenTexts()).toEqual(texts)
  })

  it('have pictures of eight kinds, always the same, none of them the calibration’s', async () => {
    const [pictures, again, asked] = [await unseenPictures(8), await unseenPictures(8), await unrelatedPictures(28)]
    const digests = (all: readonly Uint8Array[]) => all.map((bytes) => Buffer.from(bytes).toString('base64'))
    expect(new Set(digests(pictures)).size).toBe(8)
    expect(digests(again)).toEqual(digests(pictures))
    expect(new Set([...digests(pictures), ...digests(asked)]).size).toBe(36)
    expect(await sharp(pictures[0]).metadata()).toMatchObject({ format: 'png', width: 256, height: 256 })
  })
})
