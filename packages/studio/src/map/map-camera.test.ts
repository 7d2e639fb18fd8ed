import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { between, type Camera, cameraOf, cameraText, moved, toMap, toScreen, WHOLE, zoomed } from './map-camera.ts'

const SCREEN = { width: 1000, height: 600 }
const unit = fc.double({ min: -1, max: 1, noNaN: true })
const camera = fc.record({ x: unit, y: unit, zoom: fc.double({ min: 1, max: 500, noNaN: true }) })
const place = fc.record({
  x: fc.double({ min: 0, max: 1000, noNaN: true }),
  y: fc.double({ min: 0, max: 600, noNaN: true }),
})

describe('the camera', () => {
  it('shows the middle of the map in the middle of the screen, up being up', () => {
    expect(toScreen(WHOLE, SCREEN, { x: 0, y: 0 })).toEqual({ x: 500, y: 300 })
    expect(toScreen(WHOLE, SCREEN, { x: 0, y: 1 }).y).toBeLessThan(300)
    expect(toScreen(WHOLE, SCREEN, { x: 1, y: 0 }).x).toBeGreaterThan(500)
  })

  it('goes from map to screen and back', () => {
    fc.assert(
      fc.property(camera, place, (at, where) => {
        const back = toScreen(at, SCREEN, toMap(at, SCREEN, where))
        expect(back.x).toBeCloseTo(where.x, 6)
        expect(back.y).toBeCloseTo(where.y, 6)
      }),
    )
  })

  it('zooms around the place under the pointer', () => {
    const at = { x: 640, y: 250 }
    const before = toMap(WHOLE, SCREEN, at)
    const after = toMap(zoomed(WHOLE, SCREEN, { at, factor: 7 }), SCREEN, at)
    expect(after.x).toBeCloseTo(before.x, 9)
    expect(after.y).toBeCloseTo(before.y, 9)
  })

  it('never zooms out of reach, and never loses the map', () => {
    const middle = { x: 500, y: 300 }
    expect(zoomed(WHOLE, SCREEN, { at: middle, factor: 1e9 }).zoom).toBe(4_000)
    expect(zoomed(WHOLE, SCREEN, { at: middle, factor: 1e-9 }).zoom).toBe(0.6)
    expect(moved(WHOLE, SCREEN, { x: -1e9, y: 1e9 })).toEqual({ x: 1.2, y: 1.2, zoom: 1 })
  })

  it('follows the hand', () => {
    const under = toMap(WHOLE, SCREEN, { x: 500, y: 300 })
    const after = moved(WHOLE, SCREEN, { x: 40, y: -25 })
    const then = toScreen(after, SCREEN, under)
    expect(then.x).toBeCloseTo(540, 6)
    expect(then.y).toBeCloseTo(275, 6)
  })

  it('begins and ends a flight where it should', () => {
    const from: Camera = { x: 0.1, y: 0.2, zoom: 2 }
    const to: Camera = { x: -0.5, y: 0.4, zoom: 50 }
    expect(between(from, to, 0)).toEqual(from)
    const end = between(from, to, 1)
    expect(end.x).toBeCloseTo(to.x, 9)
    expect(end.zoom).toBeCloseTo(to.zoom, 9)
    expect(between(from, { ...from, x: 0.3 }, 0.5).x).toBeCloseTo(0.2, 9)
  })
})

describe('a camera in an address', () => {
  it('comes back nearly as it was', () => {
    fc.assert(
      fc.property(camera, (at) => {
        const back = cameraOf(cameraText(at))
        expect(Math.abs(back.x - at.x) * at.zoom).toBeLessThan(0.01)
        expect(back.zoom / at.zoom).toBeCloseTo(1, 2)
      }),
    )
  })

  it.each([null, '', '1,2', 'a,b,c', '0,0,0', '0,0,1e9', '0,0,NaN', '1,2,3,4'])('%s is the whole map', (text) =>
    expect(cameraOf(text)).toEqual(WHOLE),
  )
})
