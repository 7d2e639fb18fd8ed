import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lightness, meanOf } from './picture-measure.double.ts'
import { blurred, brightness, eachPixel, offsetAt, overlaid, plain, type Raster, rasterOf } from './raster.ts'
import { document } from './svg.ts'

const pixel = ({ data, width }: Raster, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
]
const square = (colour: string, side = 8) => document(side, side, `<rect width="100%" height="100%" fill="${colour}"/>`)

describe('a plain raster', () => {
  test.each([
    [1, 1],
    [3, 2],
    [16, 9],
  ])('of %i × %i pixels is one colour everywhere', (width, height) => {
    const raster = plain(width, height, [1, 2, 3])
    expect(raster.data).toHaveLength(width * height * 3)
    for (let at = 0; at < raster.data.length; at++) expect(raster.data[at]).toBe((at % 3) + 1)
  })

  test('is black where no colour is given', () => {
    expect([...plain(1, 1, []).data]).toEqual([0, 0, 0])
  })
})

describe('rendering SVG', () => {
  test('gives the pixels of the document, red, green and blue', async () => {
    const raster = await rasterOf(square('#102030'))
    expect([raster.width, raster.height]).toEqual([8, 8])
    expect(pixel(raster, 4, 4)).toEqual([0x10, 0x20, 0x30])
  })

  test.each([
    [16, 16],
    [4, 12],
    [1, 1],
  ])('fills the size asked for, %i × %i, whatever the proportions', async (width, height) => {
    const raster = await rasterOf(square('#ff0000'), { width, height })
    expect([raster.width, raster.height, raster.data.length]).toEqual([width, height, width * height * 3])
    expect(pixel(raster, 0, height - 1)).toEqual([255, 0, 0])
  })

  test('shows white where the document is transparent, in part too', async () => {
    const half = document(8, 8, '<rect width="8" height="8" fill="#000000" opacity="0.5"/>')
    const [grey] = pixel(await rasterOf(half), 4, 4)
    expect(grey).toBeGreaterThan(120)
    expect(grey).toBeLessThan(136)
    expect(pixel(await rasterOf(document(8, 8, '')), 4, 4)).toEqual([255, 255, 255])
  })

  test('of grey alone still has three channels', async () => {
    expect((await rasterOf(square('#808080'))).data).toHaveLength(8 * 8 * 3)
  })

  test('of a broken document fails, and does not give some picture', async () => {
    await expect(rasterOf('<svg')).rejects.toThrow()
  })
})

describe('blurring', () => {
  const edge = () => {
    const raster = plain(32, 32, [0, 0, 0])
    for (let y = 0; y < 32; y++) for (let x = 16; x < 32; x++) raster.data.set([255, 255, 255], (y * 32 + x) * 3)
    return raster
  }

  test('softens an edge, the wider the more, and keeps what is far from it', async () => {
    const [little, much] = await Promise.all([blurred(edge(), 1), blurred(edge(), 5)])
    expect(pixel(little, 20, 16)[0]).toBeGreaterThan(pixel(much, 20, 16)[0] as number)
    expect(pixel(little, 2, 16)[0]).toBeLessThan(3)
    expect(pixel(little, 29, 16)[0]).toBeGreaterThan(252)
  })

  test('keeps the mean brightness', async () => {
    expect(meanOf(await blurred(edge(), 4), lightness)).toBeCloseTo(meanOf(edge(), lightness), -1)
  })

  test.each([0, 0.01, 0.3])('by %s pixels is possible: small pictures have small units', async (sigma) => {
    const raster = await blurred(edge(), sigma)
    expect(raster.data).toHaveLength(32 * 32 * 3)
  })

  test('leaves the raster that it was given alone', async () => {
    const given = edge()
    await blurred(given, 3)
    expect([...given.data]).toEqual([...edge().data])
  })
})

describe('overlaying', () => {
  test('paints over the raster where the document has something', async () => {
    const svg = document(8, 8, '<rect width="4" height="8" fill="#00ff00"/>')
    const raster = await overlaid(plain(8, 8, [255, 0, 0]), svg)
    expect(pixel(raster, 1, 4)).toEqual([0, 255, 0])
    expect(pixel(raster, 6, 4)).toEqual([255, 0, 0])
    expect(raster.data).toHaveLength(8 * 8 * 3)
  })
})

describe('places', () => {
  const raster = plain(7, 5, [0, 0, 0])

  test.each([
    [0, 0, 0],
    [6, 4, 102],
    [-1, 0, 0],
    [7, 0, 18],
    [0, -9, 0],
    [0, 5, 84],
    [1e9, 1e9, 102],
    [-1e9, -1e9, 0],
    [2.9, 1.9, 27],
  ])('at %s, %s start with byte %i', (x, y, byte) => {
    expect(offsetAt(raster, x, y)).toBe(byte)
  })

  test('never lie outside, whatever is asked for', () => {
    const any = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    fc.assert(
      fc.property(any, any, (x, y) => {
        const byte = offsetAt(raster, x, y)
        expect(byte % 3).toBe(0)
        expect(byte >= 0 && byte + 2 < raster.data.length).toBe(true)
      }),
    )
  })
})

describe('every pixel', () => {
  test('is visited once, in rows from the top', () => {
    const visited: string[] = []
    eachPixel(plain(3, 2, [0, 0, 0]), (x, y, at) => visited.push(`${x},${y},${at}`))
    expect(visited).toEqual(['0,0,0', '1,0,3', '2,0,6', '0,1,9', '1,1,12', '2,1,15'])
  })

  test('is changed in place; values outside a byte are cut, not wrapped', () => {
    const raster = plain(1, 1, [0, 0, 0])
    const result = eachPixel(raster, (_x, _y, at, data) => {
      data[at] = 300
      data[at + 1] = -20
      data[at + 2] = 99.6
    })
    expect(result).toBe(raster)
    expect([...raster.data]).toEqual([255, 0, 100])
  })

  test('of a part of a larger buffer is changed there alone', () => {
    const whole = new Uint8Array(12)
    eachPixel({ data: whole.subarray(3, 9), width: 2, height: 1 }, (_x, _y, at, data) => {
      data[at] = 9
    })
    expect([...whole]).toEqual([0, 0, 0, 9, 0, 0, 9, 0, 0, 0, 0, 0])
  })
})

test('brightness weighs the channels of the pixel at that byte', () => {
  expect(brightness(new Uint8Array([0, 0, 0, 255, 255, 255]), 3)).toBeCloseTo(255)
  expect(brightness(new Uint8Array([255, 0, 0]), 0)).toBeCloseTo(76.2, 1)
})
