import sharp from 'sharp'
import { expect, test } from 'vitest'
import { hexOf, mix, rgbOf, saturate, shade } from './colour.ts'
import { at, clouds, grain, strokes } from './noise.ts'
import { grade } from './palette.ts'
import { randomFor } from './random.ts'
import { plain, rasterOf } from './raster.ts'
import { blob, both, box, curve, fading, line, oval, placed, poly } from './shape.ts'
import { document, elements, pathOf } from './svg.ts'

test('areas are closed, lines are open, curves pass through their points', () => {
  expect(pathOf(poly('#000000', '0,0 10,0 10,10'))).toBe('M0 0L10 0 10 10 Z')
  expect(pathOf(line('#000000', 1, '0,0 10,0'))).toBe('M0 0L10 0 ')
  expect(pathOf(curve('#000000', 1, '0,0 6,6 12,0'))).toMatch(/^M0 0C.* 6 6 .* 12 0 $/)
  expect(pathOf(blob('#000000', '0,0 10,0 5,9'))).toMatch(/^M0 0C.*Z$/)
})

test('shapes are placed, mirrored and scaled with their lines', () => {
  const moved = placed(line('#000000', 2, '1,2 3,4'), { x: 10, y: 20, scale: 3, flip: true })
  expect(moved).toMatchObject({ points: [7, 26, 1, 32], width: 6 })
  expect(both(box('#ffffff', 1, 0, [2, 2]))[1]?.points).toEqual([-1, 0, -3, 0, -3, 2, -1, 2])
})

test('an oval is as wide and high as asked, and turns', () => {
  const { points } = oval('#000000', 0, 0, [10, 5])
  expect(Math.max(...points.filter((_, index) => index % 2 === 0))).toBeCloseTo(10)
  expect(Math.max(...points.filter((_, index) => index % 2 === 1))).toBeCloseTo(5)
  const turned = oval('#000000', 0, 0, [10, 5, 90]).points
  expect(Math.max(...turned.filter((_, index) => index % 2 === 1))).toBeCloseTo(10)
})

test('looks decide colours, and leave shapes out', async () => {
  const shapes = [box('#ff0000', 0, 0, [8, 8]), fading(box('#00ff00', 0, 0, [8, 8]), '#0000ff')]
  const red = await rasterOf(
    document(
      8,
      8,
      elements(shapes, (_, index) => (index === 0 ? {} : undefined)),
    ),
  )
  expect([...red.data.subarray(0, 3)]).toEqual([255, 0, 0])
  const faded = await rasterOf(
    document(
      8,
      8,
      elements(shapes, () => ({})),
    ),
  )
  expect(faded.data[1]).toBeGreaterThan(200)
  expect(faded.data[7 * 8 * 3 + 2]).toBeGreaterThan(200)
  const flat = await rasterOf(
    document(
      8,
      8,
      elements(shapes, () => ({ flat: true })),
    ),
  )
  expect([...flat.data.subarray(-3)]).toEqual([0, 255, 0])
  expect(elements(shapes, () => ({ opacity: 0.5, stroke: '#123456', width: 2 }))).toContain(
    'stroke="#123456" stroke-width="2"',
  )
})

test('rasters have three channels, also where nothing is drawn', async () => {
  const raster = await rasterOf(document(4, 2, ''), { width: 8, height: 4 })
  expect(raster).toMatchObject({ width: 8, height: 4 })
  expect(raster.data).toHaveLength(8 * 4 * 3)
  expect(Math.min(...raster.data)).toBe(255)
  await expect(
    sharp(raster.data, { raw: { width: 8, height: 4, channels: 3 } })
      .png()
      .toBuffer(),
  ).resolves.toBeDefined()
})

test('colours mix, darken and lose their saturation', () => {
  expect(rgbOf('#0a80ff')).toEqual([10, 128, 255])
  expect(hexOf([300, -4, 127.6])).toBe('#ff0080')
  expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080')
  expect([shade('#808080', -1), shade('#808080', 1)]).toEqual(['#000000', '#ffffff'])
  expect(saturate('#ff0000', 0)).toBe('#4c4c4c')
})

test('palettes keep black and white apart and pull colours to theirs', () => {
  const coloured = (palette: Parameters<typeof grade>[1]) => [...grade(plain(1, 1, [40, 160, 60]), palette).data]
  const [red = 0, , blue = 0] = coloured('crimson')
  expect(red).toBeGreaterThan(blue)
  expect(new Set(coloured('monochrome')).size).toBe(1)
  expect(Math.min(...coloured('pastel'))).toBeGreaterThan(120)
  expect(coloured('vivid')[1]).toBeGreaterThan(200)
})

test('numbers repeat by key, keep to their range, and differ between keys', () => {
  const some = (key: string) =>
    Array.from(
      { length: 50 },
      (
        (random) => () =>
          random.integer(1, 6)
      )(randomFor(key)),
    )
  expect(some('a')).toEqual(some('a'))
  expect(some('a')).not.toEqual(some('b'))
  expect(new Set(some('a'))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  const random = randomFor('c')
  const values = Array.from({ length: 2000 }, () => random.between(-1, 3))
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-1)
  expect(Math.max(...values)).toBeLessThan(3)
  expect(values.reduce((sum, value) => sum + value, 0) / 2000).toBeCloseTo(1, 0)
})

test('noise fields stay within 0–1 and repeat every 256 pixels', () => {
  for (const field of [grain(), clouds(), strokes()]) {
    expect(field.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(at(field, 3, 7)).toBe(at(field, 259, 263))
    expect(at(field, -1, -1)).toBe(at(field, 255, 255))
  }
  expect(Math.abs(at(clouds(), 10, 10) - at(clouds(), 11, 10))).toBeLessThan(0.1)
})
