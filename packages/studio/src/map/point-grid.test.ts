import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PointGrid } from './point-grid.ts'

const unit = fc.double({ min: -1, max: 1, noNaN: true })
const places = fc.array(fc.tuple(unit, unit), { maxLength: 60 })
const columns = (list: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(list, ([x]) => x),
  y: Float32Array.from(list, ([, y]) => y),
})

describe('points by place', () => {
  it('finds in an area what looking at all would find', () => {
    fc.assert(
      fc.property(places, unit, unit, unit, unit, (list, a, b, c, d) => {
        const points = columns(list)
        const area = { left: Math.min(a, b), right: Math.max(a, b), bottom: Math.min(c, d), top: Math.max(c, d) }
        const found: number[] = []
        new PointGrid(points).within(area, (at) => void found.push(at))
        const all = [...points.x.keys()].filter((at) => {
          const [x, y] = [points.x[at] as number, points.y[at] as number]
          return x >= area.left && x <= area.right && y >= area.bottom && y <= area.top
        })
        expect(found.sort((p, q) => p - q)).toEqual(all)
      }),
    )
  })

  it('finds the nearest point within reach', () => {
    fc.assert(
      fc.property(places, unit, unit, fc.double({ min: 0.01, max: 3, noNaN: true }), (list, x, y, reach) => {
        const points = columns(list)
        const distances = [...points.x].map((px, at) => Math.hypot(px - x, (points.y[at] as number) - y))
        const found = new PointGrid(points).nearest(x, y, reach)
        const least = Math.min(Number.POSITIVE_INFINITY, ...distances)
        if (found === undefined) expect(least).toBeGreaterThan(reach * 0.999)
        else expect(distances[found]).toBeCloseTo(least, 9)
      }),
    )
  })

  it('stops when told to', () => {
    let seen = 0
    const area = { left: -1, right: 1, bottom: -1, top: 1 }
    new PointGrid(columns(Array.from({ length: 50 }, () => [0, 0] as const))).within(area, () => ++seen < 3)
    expect(seen).toBe(3)
  })
})
