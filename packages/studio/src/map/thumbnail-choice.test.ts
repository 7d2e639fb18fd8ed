import { describe, expect, it } from 'vitest'
import type { MapPoints } from '../api/map-points.ts'
import { PointGrid } from './point-grid.ts'
import { chooseThumbnails, dotSize, showsThumbnails } from './thumbnail-choice.ts'

const SCREEN = { width: 1000, height: 600 }
const SIDE = 40
const COUNT = SIDE * SIDE
const POINTS: MapPoints = {
  x: Float32Array.from({ length: COUNT }, (_, at) => ((at % SIDE) / SIDE) * 2 - 1),
  y: Float32Array.from({ length: COUNT }, (_, at) => (Math.floor(at / SIDE) / SIDE) * 2 - 1),
  width: new Uint16Array(COUNT),
  height: new Uint16Array(COUNT),
  cluster: new Uint16Array(COUNT),
  source: new Uint16Array(COUNT),
  ids: Array.from({ length: COUNT }, (_, at) => String(at)),
}
const GRID = new PointGrid(POINTS)
const choose = (zoom: number, x = 0, y = 0) =>
  chooseThumbnails(POINTS, GRID, { camera: { x, y, zoom }, screen: SCREEN })

describe('pictures on the map', () => {
  it('are not shown while all of it is in view', () => {
    expect(choose(1)).toEqual([])
    expect(showsThumbnails({ x: 0, y: 0, zoom: 3 }, 50_000)).toBe(false)
    expect(showsThumbnails({ x: 0, y: 0, zoom: 6 }, 50_000)).toBe(true)
  })

  it.each([2, 5, 20, 80])('do not cover one another at zoom %d', (zoom) => {
    const chosen = choose(zoom)
    expect(chosen.length).toBeGreaterThan(0)
    for (const [at, one] of chosen.entries()) {
      for (const other of chosen.slice(at + 1)) {
        const apart = Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y))
        expect(apart).toBeGreaterThanOrEqual(one.size * 0.999)
      }
    }
  })

  it('grow as one comes nearer, until every point in view has one', () => {
    const [far] = choose(2)
    const near = choose(80)
    expect(near[0]?.size).toBeGreaterThan(far?.size ?? 0)
    let inView = 0
    const half = { x: 500 / (276 * 80), y: 300 / (276 * 80) }
    GRID.within({ left: -half.x, right: half.x, bottom: -half.y, top: half.y }, () => void inView++)
    expect(near).toHaveLength(inView)
  })

  it('are never more than can be loaded', () => {
    expect(chooseThumbnails(POINTS, GRID, { camera: { x: 0, y: 0, zoom: 4 }, screen: SCREEN, most: 7 })).toHaveLength(7)
  })
})

it('points are small on a full map and larger on a near one', () => {
  const far = dotSize({ x: 0, y: 0, zoom: 1 }, 50_000, SCREEN)
  expect(far).toBeLessThan(3)
  expect(dotSize({ x: 0, y: 0, zoom: 10 }, 50_000, SCREEN)).toBeGreaterThan(far)
  expect(dotSize({ x: 0, y: 0, zoom: 1_000 }, 50_000, SCREEN)).toBe(9)
})
