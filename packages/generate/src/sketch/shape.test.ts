import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf } from './picture-measure.double.ts'
import { blob, both, box, curve, fading, line, oval, type Placement, placed, poly, type Shape } from './shape.ts'

const number = fc.double({ min: -500, max: 500, noNaN: true })
const points = fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 8 }).map((pairs) => pairs.flat())

const closeTo = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6))

describe('the kinds of shapes', () => {
  test.each<[string, Shape, object]>([
    ['an area with corners', poly('#111111', '0,0 1,0 0,1'), { smooth: false, fill: '#111111' }],
    ['a rounded area', blob('#111111', '0,0 1,0 0,1'), { smooth: true, fill: '#111111' }],
    ['a line with corners', line('#222222', 3, '0,0 1,1'), { smooth: false, stroke: '#222222', width: 3 }],
    ['a curved line', curve('#222222', 3, '0,0 1,1 2,0'), { smooth: true, stroke: '#222222', width: 3 }],
    ['a rectangle', box('#333333', 1, 2, [3, 4]), { points: [1, 2, 4, 2, 4, 6, 1, 6], smooth: false }],
    ['a square of one unit where no size is said', box('#333333', 0, 0, []), { points: [0, 0, 1, 0, 1, 1, 0, 1] }],
  ])('%s', (_, shape, expected) => {
    expect(shape).toMatchObject(expected)
  })

  test('lines have no fill and areas no stroke: that is what tells them apart', () => {
    for (const area of [poly('#000000', '0,0 1,1 1,0'), blob('#000000', '0,0 1,1 1,0'), oval('#000000', 0, 0, [1])])
      expect(area.stroke).toBeUndefined()
    for (const stroke of [line('#000000', 1, '0,0 1,1'), curve('#000000', 1, '0,0 1,1 1,0')])
      expect(stroke.fill).toBeUndefined()
  })

  test('points may be written as in SVG or as numbers', () => {
    expect(poly('#000000', '0,0 10.5,-3 4,4').points).toEqual([0, 0, 10.5, -3, 4, 4])
    expect(poly('#000000', [0, 0, 10.5, -3, 4, 4]).points).toEqual([0, 0, 10.5, -3, 4, 4])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -999, max: 999 }), { minLength: 2, maxLength: 12 }), (numbers) => {
        const pairs = numbers.length % 2 ? numbers.slice(1) : numbers
        const text = pairs.map((value, at) => (at % 2 ? `${value} ` : `${value},`)).join('')
        expect(poly('#000000', text.trim()).points).toEqual(pairs)
      }),
    )
  })
})

describe('an oval', () => {
  test('is round where one radius is given', () => {
    const { width, height } = boundsOf([oval('#000000', 5, 5, [7])])
    expect([width, height]).toEqual(closeTo([14, 14]))
  })

  test('has its middle where it was asked for, however it turns', () => {
    fc.assert(
      fc.property(number, number, fc.double({ min: 0, max: 360, noNaN: true }), (x, y, turn) => {
        const { points: all } = oval('#000000', x, y, [9, 4, turn])
        const mean = (axis: number) =>
          all.filter((_, at) => at % 2 === axis).reduce((sum, value) => sum + value, 0) / (all.length / 2)
        expect([mean(0), mean(1)]).toEqual(closeTo([x, y]))
      }),
    )
  })

  test('keeps every point between its two radii from the middle', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 360, noNaN: true }), (turn) => {
        const { points: all } = oval('#000000', 0, 0, [10, 3, turn])
        for (let at = 0; at < all.length; at += 2) {
          const distance = Math.hypot(all[at] as number, all[at + 1] as number)
          expect(distance).toBeGreaterThan(2.999)
          expect(distance).toBeLessThan(10.001)
        }
      }),
    )
  })

  test('turned by half a circle covers the same', () => {
    const [one, other] = [oval('#000000', 0, 0, [10, 3, 30]), oval('#000000', 0, 0, [10, 3, 210])]
    expect(boundsOf([one])).toEqual(
      Object.fromEntries(Object.entries(boundsOf([other])).map(([side, value]) => [side, expect.closeTo(value, 6)])),
    )
  })
})

describe('placing', () => {
  const placement = fc.record({ x: number, y: number, scale: fc.double({ min: 0.1, max: 10, noNaN: true }) })

  test('nowhere, at its own size, changes nothing', () => {
    fc.assert(
      fc.property(points, (given) => {
        expect(placed(poly('#000000', given), { x: 0, y: 0, scale: 1 }).points).toEqual(closeTo(given))
      }),
    )
  })

  test('can be taken back', () => {
    fc.assert(
      fc.property(points, placement, (given, place) => {
        const there = placed(poly('#000000', given), place)
        const back = placed(there, { x: -place.x / place.scale, y: -place.y / place.scale, scale: 1 / place.scale })
        expect(back.points).toEqual(given.map((value) => expect.closeTo(value, 4)))
      }),
    )
  })

  test('mirrors across its own middle, and twice is none', () => {
    const shape = poly('#000000', [1, 2, 3, 4])
    const flip: Placement = { x: 0, y: 0, scale: 1, flip: true }
    expect(placed(shape, flip).points).toEqual([-1, 2, -3, 4])
    expect(placed(placed(shape, flip), flip).points).toEqual([1, 2, 3, 4])
  })

  test('scales the width of lines, and gives areas none', () => {
    expect(placed(line('#000000', 2, '0,0 1,1'), { x: 9, y: 9, scale: 3 }).width).toBe(6)
    expect(placed(poly('#000000', '0,0 1,1 1,0'), { x: 9, y: 9, scale: 3 })).not.toHaveProperty('width')
  })

  test('keeps colours, opacity and smoothness', () => {
    const shape: Shape = { ...fading(blob('#111111', '0,0 1,1 1,0'), '#222222'), opacity: 0.4 }
    expect(placed(shape, { x: 1, y: 1, scale: 2 })).toMatchObject({
      fill: '#111111',
      fade: '#222222',
      opacity: 0.4,
      smooth: true,
    })
  })

  test('leaves the shape that it was given alone', () => {
    const shape = Object.freeze(poly('#000000', Object.freeze([1, 2, 3, 4])))
    expect(() => placed(shape, { x: 5, y: 5, scale: 2, flip: true })).not.toThrow()
  })
})

describe('both', () => {
  test('gives each shape and its mirror image, all originals first', () => {
    const [one, two] = [poly('#111111', [1, 0, 2, 0]), line('#222222', 1, [3, 0, 4, 0])]
    expect(both(one, two).map(({ points: all }) => all[0])).toEqual([1, 3, -1, -3])
    expect(both()).toEqual([])
  })

  test('is as wide to the left as to the right', () => {
    fc.assert(
      fc.property(points, (given) => {
        const { left, right } = boundsOf(both(poly('#000000', given)))
        expect(left).toBeCloseTo(-right, 6)
      }),
    )
  })
})

test('fading adds the second colour and nothing else', () => {
  const shape = box('#111111', 0, 0, [1, 1])
  expect(fading(shape, '#222222')).toEqual({ ...shape, fade: '#222222' })
  expect(shape).not.toHaveProperty('fade')
})
