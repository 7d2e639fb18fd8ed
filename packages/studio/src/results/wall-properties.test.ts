import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cardRows } from './card-rows.ts'
import { type JustifiedRow, justifiedRows, ratioOf, wallHeight } from './justified-rows.ts'
import { visibleRange } from './visible-range.ts'
import { rowAt, stepFrom } from './wall-steps.ts'

const ratio = fc.double({ min: 0.45, max: 3.2, noNaN: true })
const ratios = fc.array(ratio, { maxLength: 60 })
const measures = fc.record({
  width: fc.integer({ min: 320, max: 2_560 }),
  target: fc.integer({ min: 100, max: 300 }),
  gap: fc.integer({ min: 0, max: 16 }),
  caption: fc.constantFrom(0, 40),
})
const positionsOf = (rows: readonly JustifiedRow[]) =>
  rows.flatMap(({ first, widths }) => widths.map((_, across) => first + across))

describe('any wall of pictures', () => {
  it('shows every picture once, in order, none of it outside', () => {
    fc.assert(
      fc.property(ratios, measures, (list, how) => {
        const rows = justifiedRows(list, how)
        expect(positionsOf(rows)).toEqual(list.map((_, at) => at))
        for (const { widths } of rows) {
          const across = widths.reduce((sum, width) => sum + width, 0) + how.gap * (widths.length - 1)
          expect(across).toBeLessThanOrEqual(how.width + 1)
          expect(Math.min(...widths)).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('ends every row but the last in one line, at most half as high again as it should be', () => {
    fc.assert(
      fc.property(ratios, measures, (list, how) => {
        for (const { widths, height } of justifiedRows(list, how).slice(0, -1)) {
          expect(widths.reduce((sum, width) => sum + width, 0)).toBe(how.width - how.gap * (widths.length - 1))
          expect(height).toBeLessThanOrEqual(how.target * 1.5)
        }
      }),
    )
  })

  it('is as high as its rows, which do not overlap', () => {
    fc.assert(
      fc.property(ratios, measures, (list, how) => {
        const rows = justifiedRows(list, how)
        let bottom = -how.gap
        for (const { top, height } of rows) {
          expect(top).toBeCloseTo(bottom + how.gap, 6)
          bottom = top + height + how.caption
        }
        expect(wallHeight(rows, how.caption)).toBeCloseTo(Math.max(0, bottom), 6)
      }),
    )
  })
})

describe('any wall of cards', () => {
  const cards = fc.record({
    width: fc.integer({ min: 200, max: 2_560 }),
    gap: fc.integer({ min: 0, max: 24 }),
    height: fc.integer({ min: 50, max: 300 }),
    narrowest: fc.integer({ min: 150, max: 500 }),
  })

  it('shows every card once, in order, all of one size, none of it outside', () => {
    fc.assert(
      fc.property(fc.nat(200), cards, (count, how) => {
        const rows = cardRows(count, how)
        expect(positionsOf(rows)).toEqual(Array.from({ length: count }, (_, at) => at))
        expect(new Set(rows.flatMap(({ widths }) => widths)).size).toBeLessThanOrEqual(1)
        for (const { widths, height } of rows) {
          const across = widths.reduce((sum, width) => sum + width, 0) + how.gap * (widths.length - 1)
          expect(across).toBeLessThanOrEqual(how.width)
          expect(height).toBe(how.height)
        }
      }),
    )
  })

  it('has no card narrower than it may be, unless the whole width is', () => {
    fc.assert(
      fc.property(cards, (how) => {
        const [
          {
            widths: [width = 0],
          } = { widths: [] },
        ] = cardRows(1, how)
        expect(width).toBeGreaterThanOrEqual(Math.min(how.narrowest, how.width))
      }),
    )
  })

  it('leaves room for no further column', () => {
    fc.assert(
      fc.property(cards, (how) => {
        const columns = cardRows(100, how)[0]?.widths.length ?? 0
        expect((columns + 1) * how.narrowest + columns * how.gap).toBeGreaterThan(how.width)
      }),
    )
  })

  it('is nothing before the width is known, and without cards', () => {
    const how = { width: 0, gap: 8, height: 100, narrowest: 300 }
    expect(cardRows(10, how)).toEqual([])
    expect(cardRows(0, { ...how, width: 1_000 })).toEqual([])
  })
})

describe('walking over any wall', () => {
  const wall = fc
    .tuple(fc.array(ratio, { minLength: 1, maxLength: 60 }), measures)
    .map(([list, how]) => ({ rows: justifiedRows(list, how), gap: how.gap, count: list.length }))
  const at = (share: number, count: number) => Math.min(count - 1, Math.floor(share * count))
  const share = fc.double({ min: 0, max: 1, noNaN: true })

  it('leads to a picture of the wall or nowhere, by every key', () => {
    const key = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'x')
    fc.assert(
      fc.property(wall, share, key, ({ rows, gap, count }, from, pressed) => {
        const next = stepFrom(at(from, count), pressed, rows, gap)
        if (next === undefined) return
        expect(Number.isInteger(next)).toBe(true)
        expect(next).toBeGreaterThanOrEqual(0)
        expect(next).toBeLessThan(count)
      }),
    )
  })

  it('goes exactly one row up or down, and stops at the first and the last', () => {
    fc.assert(
      fc.property(wall, share, ({ rows, gap, count }, from) => {
        const start = at(from, count)
        const row = rowAt(start, rows)
        const [up, down] = ['ArrowUp', 'ArrowDown'].map((key) => stepFrom(start, key, rows, gap))
        expect(up === undefined ? -1 : rowAt(up, rows)).toBe(row === 0 ? -1 : row - 1)
        expect(down === undefined ? -1 : rowAt(down, rows)).toBe(row === rows.length - 1 ? -1 : row + 1)
      }),
    )
  })

  it('by the right arrow alone meets every picture in order, and by the left one goes back', () => {
    fc.assert(
      fc.property(wall, ({ rows, gap, count }) => {
        const met = [0]
        for (let next = stepFrom(0, 'ArrowRight', rows, gap); next !== undefined; ) {
          met.push(next)
          expect(stepFrom(next, 'ArrowLeft', rows, gap)).toBe(next - 1)
          next = stepFrom(next, 'ArrowRight', rows, gap)
        }
        expect(met).toEqual(Array.from({ length: count }, (_, position) => position))
      }),
    )
  })

  it('knows the row of every picture', () => {
    fc.assert(
      fc.property(wall, ({ rows }) => {
        for (const [index, { first, widths }] of rows.entries()) {
          expect(rowAt(first, rows)).toBe(index)
          expect(rowAt(first + widths.length - 1, rows)).toBe(index)
        }
      }),
    )
  })
})

describe('what of any wall is drawn', () => {
  const tops = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 80 }).map((heights) => {
    let top = 0
    return heights.map((height) => {
      top += height
      return top - height
    })
  })
  const window = fc.tuple(fc.integer({ min: -2_000, max: 20_000 }), fc.integer({ min: 1, max: 3_000 }))

  it('is all that lies in the window, and one row more at most on each side', () => {
    fc.assert(
      fc.property(tops, window, (list, [from, height]) => {
        const to = from + height
        const { start, end } = visibleRange(list, from, to)
        const inside = list.flatMap((top, at) => {
          const bottom = list[at + 1] ?? Number.POSITIVE_INFINITY
          return top < to && bottom > from ? [at] : []
        })
        for (const at of inside) {
          expect(at).toBeGreaterThanOrEqual(start)
          expect(at).toBeLessThan(end)
        }
        expect(end - start).toBeLessThanOrEqual(inside.length + 2)
      }),
    )
  })

  it('is a part of the wall, and never nothing of one that has rows', () => {
    fc.assert(
      fc.property(tops, window, (list, [from, height]) => {
        const { start, end } = visibleRange(list, from, from + height)
        expect(start).toBeGreaterThanOrEqual(0)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(list.length)
      }),
    )
  })

  it('goes on downwards as the window does', () => {
    fc.assert(
      fc.property(tops, window, fc.nat(500), (list, [from, height], by) => {
        const before = visibleRange(list, from, from + height)
        const after = visibleRange(list, from + by, from + by + height)
        expect(after.start).toBeGreaterThanOrEqual(before.start)
        expect(after.end).toBeGreaterThanOrEqual(before.end)
      }),
    )
  })
})

describe('the shape of any picture', () => {
  it('is within the limits, whatever the row says of its size', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (width, height) => {
        const shape = ratioOf(width, height)
        expect(shape).toBeGreaterThanOrEqual(0.45)
        expect(shape).toBeLessThanOrEqual(3.2)
        if (width <= 0 || height <= 0) expect(shape).toBe(1)
      }),
    )
  })
})
