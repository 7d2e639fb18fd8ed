import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rasterOf } from './raster.ts'
import { blob, box, curve, fading, line, poly, type Shape } from './shape.ts'
import { document, elements, pathOf } from './svg.ts'

const number = fc.double({ min: -2000, max: 2000, noNaN: true })
const points = (least: number) =>
  fc.array(fc.tuple(number, number), { minLength: least, maxLength: 9 }).map((pairs) => pairs.flat())
const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(colour, points(3)).map(([fill, all]) => poly(fill, all)),
  fc.tuple(colour, points(3)).map(([fill, all]) => blob(fill, all)),
  fc.tuple(colour, points(2)).map(([stroke, all]) => line(stroke, 2, all)),
  fc.tuple(colour, points(3)).map(([stroke, all]) => curve(stroke, 2, all)),
  fc.tuple(colour, colour, points(3)).map(([fill, fade, all]) => fading(poly(fill, all), fade)),
)

const NUMBER = '-?\\d+(?:\\.\\d)?'
const PATH = new RegExp(`^M${NUMBER} ${NUMBER}[LC](?:${NUMBER} )*Z?$`)

/** Numbers after the first letter, in groups of `size`. */
const groups = (path: string, size: number) => {
  const numbers =
    path
      .replace(/^M\S+ [^LC]+[LC]/, '')
      .match(/-?[\d.]+/g)
      ?.map(Number) ?? []
  expect(numbers.length % size).toBe(0)
  return Array.from({ length: numbers.length / size }, (_, at) => numbers.slice(at * size, at * size + size))
}

describe('path data', () => {
  test('is a start, lines or curves, and numbers of one decimal at the most', () => {
    fc.assert(
      fc.property(shape, (one) => {
        expect(pathOf(one)).toMatch(PATH)
      }),
    )
  })

  test('is closed exactly for areas', () => {
    fc.assert(
      fc.property(shape, (one) => {
        expect(pathOf(one).endsWith('Z')).toBe(one.fill !== undefined)
      }),
    )
  })

  test('has a curve between all neighbours: as many as points in an area, one less in a line', () => {
    fc.assert(
      fc.property(points(3), (all) => {
        expect(groups(pathOf(blob('#000000', all)), 6)).toHaveLength(all.length / 2)
        expect(groups(pathOf(curve('#000000', 1, all)), 6)).toHaveLength(all.length / 2 - 1)
      }),
    )
  })

  test('passes through every point of a curve, in order', () => {
    fc.assert(
      fc.property(points(3), (all) => {
        const ends = groups(pathOf(curve('#000000', 1, all)), 6).map((group) => group.slice(4))
        for (const [index, [x, y]] of ends.entries()) {
          expect(x).toBeCloseTo(all[index * 2 + 2] as number, 0)
          expect(y).toBeCloseTo(all[index * 2 + 3] as number, 0)
        }
      }),
    )
  })

  test('of a closed curve comes back to where it began', () => {
    fc.assert(
      fc.property(points(3), (all) => {
        const last =
          groups(pathOf(blob('#000000', all)), 6)
            .at(-1)
            ?.slice(4) ?? []
        expect(last[0]).toBeCloseTo(all[0] as number, 0)
        expect(last[1]).toBeCloseTo(all[1] as number, 0)
      }),
    )
  })

  test.each<[string, Shape, string]>([
    ['two points can not be curved', curve('#000000', 1, '0,0 5,5'), 'M0 0L5 5 '],
    ['an area of two points is a line there and back', blob('#000000', '0,0 5,5'), 'M0 0L5 5 Z'],
    ['decimals are cut to one', line('#000000', 1, [0.04, 0.06, 1.25, -1.26]), 'M0 0.1L1.3 -1.3 '],
  ])('%s', (_, one, expected) => {
    expect(pathOf(one)).toBe(expected)
  })
})

describe('elements', () => {
  test('are well-formed XML for any shapes, and can be rendered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { maxLength: 6 }), async (shapes) => {
        const body = elements(shapes, () => ({}))
        const open = body.match(/<(?!\/)[a-zA-Z]+/g)?.length ?? 0
        const closed = (body.match(/\/>/g)?.length ?? 0) + (body.match(/<\//g)?.length ?? 0)
        expect(open).toBe(closed)
        expect((body.match(/"/g)?.length ?? 0) % 2).toBe(0)
        expect((await rasterOf(document(8, 8, body))).data).toHaveLength(8 * 8 * 3)
      }),
      { numRuns: 25 },
    )
  })

  test('are one path a shape, in their order; a look of undefined leaves one out', () => {
    const shapes = [box('#111111', 0, 0, [1, 1]), box('#222222', 0, 0, [1, 1]), box('#333333', 0, 0, [1, 1])]
    const fills = (body: string) => [...body.matchAll(/fill="(#\d+)"/g)].map(([, fill]) => fill)
    expect(fills(elements(shapes, () => ({})))).toEqual(['#111111', '#222222', '#333333'])
    expect(fills(elements(shapes, (_, index) => (index === 1 ? undefined : {})))).toEqual(['#111111', '#333333'])
    expect(elements([], () => ({}))).toBe('')
  })

  test('refer to gradients that are there', () => {
    const shapes = ['#aa0000', '#00aa00'].map((fill) => fading(box(fill, 0, 0, [4, 4]), '#0000aa'))
    const body = elements(shapes, () => ({}))
    const defined = [...body.matchAll(/<linearGradient id="([^"]+)"/g)].map(([, id]) => id)
    const used = [...body.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id)
    expect(used).toHaveLength(2)
    for (const id of used) expect(defined).toContain(id)
    expect(body.indexOf('<defs>')).toBe(0)
  })

  test.each<[string, Shape, object, string, string]>([
    ['a look’s fill', box('#111111', 0, 0, [1, 1]), { fill: '#999999' }, 'fill="#999999"', 'wins over the shape’s'],
    ['a look’s stroke', line('#111111', 1, '0,0 1,1'), { stroke: '#999999' }, 'stroke="#999999"', 'wins too'],
    ['a look’s width', line('#111111', 1, '0,0 1,1'), { width: 4.26 }, 'stroke-width="4.3"', 'is rounded'],
    ['a line', line('#111111', 1, '0,0 1,1'), {}, 'fill="none"', 'is never filled'],
    ['half transparency', box('#111111', 0, 0, [1, 1]), { opacity: 0.5 }, 'opacity="0.5"', 'is said'],
    [
      'a flat look',
      fading(box('#111111', 0, 0, [1, 1]), '#222222'),
      { flat: true },
      'fill="#111111"',
      'has no gradient',
    ],
  ])('%s: %o', (_, one, look, expected) => {
    expect(elements([one], () => look)).toContain(expected)
  })

  test('say nothing of opacity where the shape is whole, and of strokes where it has none', () => {
    expect(elements([box('#111111', 0, 0, [1, 1])], () => ({}))).not.toMatch(/opacity|stroke/)
  })
})

test('a document is as large as asked for, and its coordinates are pixels', () => {
  const svg = document(320, 200, '<g/>')
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /)
  expect(svg).toContain('width="320" height="200" viewBox="0 0 320 200"')
  expect(svg).toMatch(/<g\/><\/svg>$/)
})
