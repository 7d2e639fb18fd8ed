import { describe, expect, test } from 'vitest'
import { draw } from '../drawing.ts'
import {
  colourfulness,
  coloursOf,
  difference,
  edgeDensity,
  huesOf,
  lightness,
  meanOf,
  painting,
  type Region,
  shareOf,
} from '../picture-measure.double.ts'
import { randomFor } from '../random.ts'
import type { Raster } from '../raster.ts'
import { oval, placed } from '../shape.ts'
import { STYLES, type Style } from '../vocabulary.ts'
import { everything, model, painted } from './technique.ts'
import { TECHNIQUES } from './techniques.ts'

const NAMES = Object.keys(STYLES) as Style[]
const SUBJECT = 'castle, hills, noon'
const MIDDLE: Region = [0.3, 0.3, 0.7, 0.7]

/** The same scene in every style, painted once. */
const pictures = new Map<Style, Promise<Raster>>()
function inStyle(style: Style): Promise<Raster> {
  const painted = pictures.get(style) ?? painting(`${SUBJECT}, ${STYLES[style][0]}`, { seed: 11 })
  pictures.set(style, painted)
  return painted
}

const isDark = (...rgb: [number, number, number]) => lightness(...rgb) < 60
const isPale = (...rgb: [number, number, number]) => lightness(...rgb) > 225

async function measured(style: Style) {
  const raster = await inStyle(style)
  return {
    raster,
    edges: edgeDensity(raster),
    colours: coloursOf(raster),
    colour: meanOf(raster, colourfulness),
    light: meanOf(raster, lightness),
    dark: shareOf(raster, isDark),
    pale: shareOf(raster, isPale),
  }
}

describe('what a technique promises shows in its pixels', () => {
  test('watercolour: transparent washes on white paper, its margin left bare', async () => {
    const { raster, light } = await measured('watercolour')
    expect(light).toBeGreaterThan((await measured('illustration')).light + 15)
    const [wide, narrow]: readonly Region[] = [
      [0, 0, 1, 0.02],
      [0, 0, 0.02, 1],
    ]
    for (const rim of [wide, narrow] as const) expect(shareOf(raster, isPale, rim)).toBeGreaterThan(0.6)
    expect(shareOf(raster, isPale, MIDDLE)).toBeLessThan(0.2)
    expect((await measured('watercolour')).dark).toBeLessThan(0.02)
  })

  test('oil: strokes give far more texture than the flat drawing has', async () => {
    expect((await measured('oil')).edges).toBeGreaterThan(2.5 * (await measured('illustration')).edges)
    expect((await measured('oil')).colours).toBeGreaterThan(8_000)
  })

  test('pixel: square blocks of one colour each, in few colours', async () => {
    const { raster, colours } = await measured('pixel')
    expect(colours).toBeLessThan(64)
    const levels = new Set([0, 43, 85, 128, 170, 213, 255])
    expect(raster.data.every((value) => levels.has(value))).toBe(true)
    const changes = (y: number) => {
      let count = 0
      for (let x = 1; x < raster.width; x++) {
        const [here, before] = [(y * raster.width + x) * 3, (y * raster.width + x - 1) * 3]
        if ([0, 1, 2].some((channel) => raster.data[here + channel] !== raster.data[before + channel])) count++
      }
      return count
    }
    // 69 blocks of about two pixels each: a row can't change more often than that.
    for (let y = 0; y < raster.height; y += 7) expect(changes(y)).toBeLessThan(69)
  })

  test('neon: glowing tubes, and darkness around them', async () => {
    const { raster, dark, colour } = await measured('neon')
    expect(dark).toBeGreaterThan(0.5)
    expect(colour).toBeGreaterThan(50)
    expect(shareOf(raster, (...rgb) => Math.max(...rgb) > 240)).toBeGreaterThan(0.02)
  })

  test('low poly: flat facets, so that many neighbours are the very same', async () => {
    const raster = await painting(`${SUBJECT}, low poly`, { width: 320, height: 320 })
    let same = 0
    for (let at = 3; at < raster.data.length; at += 3)
      if ([0, 1, 2].every((part) => raster.data[at + part] === raster.data[at + part - 3])) same++
    expect(same / (raster.data.length / 3)).toBeGreaterThan(0.5)
  })

  test('ink: black or white paper, nothing between', async () => {
    const { raster, colours, dark, pale } = await measured('ink')
    expect(colours).toBe(2)
    expect(dark + pale).toBe(1)
    expect(dark).toBeGreaterThan(0.05)
    expect(dark).toBeLessThan(0.5)
    expect(huesOf(raster).map(([hue]) => hue)).toEqual(['white', 'black'])
  })

  test('pencil: grey tones that never reach black, and no colour', async () => {
    const { raster, colour, dark, light } = await measured('pencil')
    expect(colour).toBeLessThan(8)
    expect(dark).toBeLessThan(0.02)
    expect(light).toBeGreaterThan(170)
    expect(coloursOf(raster)).toBeGreaterThan(60)
  })

  test('poster: a cream border with a dark rule around few colours', async () => {
    const { raster, colours } = await measured('poster')
    expect([...raster.data.subarray(0, 3)]).toEqual([243, 230, 200])
    expect([...raster.data.subarray(-3)]).toEqual([243, 230, 200])
    const column = (x: number) => meanOf(raster, lightness, [x / 128, 0.2, (x + 1) / 128, 0.8])
    expect(Math.min(column(2), column(3), column(4))).toBeLessThan(column(0) - 40)
    expect(colours).toBeLessThan((await measured('illustration')).colours)
  })

  test('glass: jewel colours between dark leads', async () => {
    const { dark, colour } = await measured('glass')
    expect(dark).toBeGreaterThan(0.12)
    expect(colour).toBeGreaterThan((await measured('illustration')).colour)
  })

  test('comic: outlines, and a screen of dots in a white frame', async () => {
    const { raster, edges } = await measured('comic')
    expect([...raster.data.subarray(0, 3)].every((value) => value > 240)).toBe(true)
    expect(edges).toBeGreaterThan(5 * (await measured('illustration')).edges)
  })

  test('pointillism: dots, with the canvas between them', async () => {
    const { raster, edges } = await measured('pointillism')
    const canvas = shareOf(raster, (red, green, blue) => red === 244 && green === 236 && blue === 218)
    expect(canvas).toBeGreaterThan(0.02)
    expect(canvas).toBeLessThan(0.5)
    expect(edges).toBeGreaterThan(15)
  })

  test('paper cut: shadows of the sheets darken what lies under them', async () => {
    const flat = await painting(`${SUBJECT}, illustration`, { seed: 11 })
    const { raster } = await measured('paper cut')
    expect(meanOf(raster, colourfulness)).toBeLessThan(meanOf(flat, colourfulness))
    expect(edgeDensity(raster)).toBeGreaterThan(edgeDensity(flat))
  })

  test('blueprint: white lines on blue, nothing else', async () => {
    const { raster } = await measured('blueprint')
    expect(huesOf(raster)[0]?.[0]).toBe('blue')
    expect(shareOf(raster, (red, green, blue) => blue >= green && green >= red - 4)).toBeGreaterThan(0.99)
    // The grid is everywhere, also where nothing is drawn.
    expect(edgeDensity(raster)).toBeGreaterThan(8)
  })

  test('chalk: pale marks on a dark board', async () => {
    const { light, colour, pale } = await measured('chalk')
    expect(light).toBeLessThan(140)
    expect(colour).toBeLessThan(60)
    expect(pale).toBeLessThan(0.1)
  })

  test('mosaic: stones set in mortar of one colour', async () => {
    const { raster } = await measured('mosaic')
    const mortar = shareOf(raster, (red, green, blue) => red === 172 && green === 163 && blue === 154)
    expect(mortar).toBeGreaterThan(0.15)
    expect(mortar).toBeLessThan(0.5)
  })

  test('linocut: five inks and the carved black block', async () => {
    const { raster, dark } = await measured('linocut')
    const inks = ['239,228,202', '206,92,62', '222,172,96', '110,148,164', '46,82,120', '122,138,88']
    const isInk = (...rgb: readonly number[]) => inks.includes(rgb.join(','))
    const isBlock = (red: number, green: number, blue: number) =>
      red >= 30 && red < 45 && Math.abs(red - green - 2) <= 1 && Math.abs(blue - red - 10) <= 1
    expect(shareOf(raster, (...rgb) => isInk(...rgb) || isBlock(...rgb))).toBe(1)
    expect(dark).toBeGreaterThan(0.05)
  })

  test('cross stitch: crosses on linen, in a grid of cells', async () => {
    const { raster, edges } = await measured('cross stitch')
    expect(edges).toBeGreaterThan(12)
    const linen = shareOf(raster, (red, green, blue) => red - green === 10 && green - blue === 10)
    expect(linen).toBeGreaterThan(0.02)
  })

  test('photo: the corners fall off, and grain lies over everything', async () => {
    const { raster, colours } = await measured('photo')
    const flat = await inStyle('illustration')
    const fall = (one: Raster) => meanOf(one, lightness, [0, 0, 1, 0.04]) / meanOf(one, lightness, MIDDLE)
    expect(fall(raster)).toBeLessThan(fall(flat))
    expect(colours).toBeGreaterThan(6_000)
  })

  test('clay: rims of light and shade around the forms', async () => {
    expect((await measured('clay')).edges).toBeGreaterThan(1.4 * (await measured('illustration')).edges)
  })

  test('illustration: soft shading without texture is the smoothest of all but the pixels', async () => {
    const { edges } = await measured('illustration')
    for (const style of NAMES.filter((name) => name !== 'illustration' && name !== 'pixel')) {
      expect([style, (await measured(style)).edges > edges]).toEqual([style, true])
    }
  })
})

describe('every technique', () => {
  const scene = { subject: 'fox', setting: 'lake', time: 'sunset', style: 'oil' } as const
  const drawing = (width: number, height: number) => draw(scene, { width, height }, randomFor('drawing'))

  test.each(NAMES)('%s gives as many pixels as the drawing has, three channels each', async (style) => {
    for (const [width, height] of [
      [48, 48],
      [64, 24],
      [17, 33],
    ] as const) {
      const raster = await TECHNIQUES[style](drawing(width, height), randomFor('brush'))
      expect({ width: raster.width, height: raster.height, bytes: raster.data.length }).toEqual({
        width,
        height,
        bytes: width * height * 3,
      })
    }
  })

  test.each(NAMES)('%s repeats itself exactly, and leaves the drawing as it was', async (style) => {
    const given = drawing(48, 48)
    const before = structuredClone(given)
    const one = await TECHNIQUES[style](given, randomFor('brush'))
    const other = await TECHNIQUES[style](given, randomFor('brush'))
    expect(Buffer.from(one.data).equals(Buffer.from(other.data))).toBe(true)
    expect(given).toEqual(before)
  })

  test.each(NAMES)('%s shows the subject: with and without it are different pictures', async (style) => {
    const whole = drawing(64, 64)
    const empty = { ...whole, subject: [] }
    const [one, other] = await Promise.all([whole, empty].map((one) => TECHNIQUES[style](one, randomFor('brush'))))
    expect(difference(one as Raster, other as Raster)).toBeGreaterThan(1.5)
  })

  test.each(NAMES)('%s paints a frame in which nothing is drawn', async (style) => {
    const nothing = { width: 32, height: 32, unit: 0.16, sky: [], back: [], subject: [], front: [] }
    const { data } = await TECHNIQUES[style](nothing, randomFor('brush'))
    expect(data).toHaveLength(32 * 32 * 3)
  })

  test.each(NAMES)('%s keeps the scene recognisable: light stays light, dark stays dark', async (style) => {
    if (style === 'neon' || style === 'blueprint' || style === 'chalk') return
    const [light, dark] = await Promise.all([
      painting(`owl, snow, noon, ${STYLES[style][0]}`, { width: 64, height: 64 }),
      painting(`owl, space, night, ${STYLES[style][0]}`, { width: 64, height: 64 }),
    ])
    expect(meanOf(light, lightness)).toBeGreaterThan(meanOf(dark, lightness) + 20)
  })
})

describe('the steps that techniques share', () => {
  const shape = (fill: string) => placed(oval(fill, 0, 0, [1, 1]), { x: 8, y: 8, scale: 6 })
  const layered = {
    width: 16,
    height: 16,
    unit: 0.08,
    sky: [shape('#ff0000')],
    back: [shape('#00ff00')],
    subject: [shape('#0000ff')],
    front: [shape('#ffff00')],
  }

  test('everything is listed from back to front', () => {
    expect(everything(layered).map(({ fill }) => fill)).toEqual(['#ff0000', '#00ff00', '#0000ff', '#ffff00'])
  })

  test('the model shows the drawing in its own colours, the front over the rest, paper white around', async () => {
    const { data } = await model(layered)
    const at = (x: number, y: number) => [...data.subarray((y * 16 + x) * 3, (y * 16 + x) * 3 + 3)]
    expect(at(8, 8)).toEqual([255, 255, 0])
    expect(at(0, 0)).toEqual([255, 255, 255])
  })

  test('a look is asked for every shape, with its place, and decides', async () => {
    const asked: number[] = []
    const { data } = await painted(layered, (_, index) => {
      asked.push(index)
      return index === 1 ? { fill: '#123456' } : undefined
    })
    expect(asked).toEqual([0, 1, 2, 3])
    expect([...data.subarray((8 * 16 + 8) * 3, (8 * 16 + 8) * 3 + 3)]).toEqual([0x12, 0x34, 0x56])
  })
})
