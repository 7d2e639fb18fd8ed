import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadyMap } from '../api/map.ts'
import { type MapPoints, packPoints, unpackPoints } from '../api/map-points.ts'
import { between, type Camera, cameraOf, cameraText, moved, toMap, toScreen, WHOLE, zoomed } from './map-camera.ts'
import { colouring, cssOf } from './map-colours.ts'
import { mapAddress, mapPlaceOf } from './map-place.ts'
import { PointGrid } from './point-grid.ts'
import { chooseThumbnails, dotSize, showsThumbnails } from './thumbnail-choice.ts'
import { cameraAfter } from './use-map-keys.ts'

const unit = fc.double({ min: -1, max: 1, noNaN: true })
const camera: fc.Arbitrary<Camera> = fc.record({
  x: unit,
  y: unit,
  zoom: fc.double({ min: 0.7, max: 3_000, noNaN: true }),
})
const screen = fc.record({ width: fc.integer({ min: 300, max: 2_000 }), height: fc.integer({ min: 300, max: 1_500 }) })
const place = fc.record({ x: unit, y: unit })
const word = fc.nat(65_535)
const point = fc.record({ x: unit, y: unit, width: word, height: word, cluster: fc.nat(3), source: fc.nat(2) })
const points = fc.array(point, { minLength: 1, maxLength: 80 }).map(
  (list): MapPoints => ({
    x: Float32Array.from(list, ({ x }) => x),
    y: Float32Array.from(list, ({ y }) => y),
    width: Uint16Array.from(list, ({ width }) => width),
    height: Uint16Array.from(list, ({ height }) => height),
    cluster: Uint16Array.from(list, ({ cluster }) => cluster),
    source: Uint16Array.from(list, ({ source }) => source),
    ids: list.map((_, at) => `row-${at}/é`),
  }),
)

describe('any camera', () => {
  it('finds on the screen what it finds on the map', () => {
    fc.assert(
      fc.property(camera, screen, place, (from, size, there) => {
        const back = toMap(from, size, toScreen(from, size, there))
        expect(back.x).toBeCloseTo(there.x, 6)
        expect(back.y).toBeCloseTo(there.y, 6)
      }),
    )
  })

  it('shows what lies higher on the map higher on the screen', () => {
    fc.assert(
      fc.property(camera, screen, (from, size) => {
        const [low, high] = [toScreen(from, size, { x: 0, y: -0.5 }), toScreen(from, size, { x: 0, y: 0.5 })]
        expect(high.y).toBeLessThan(low.y)
      }),
    )
  })

  it('zooms around the place under the hand, unless that would lose the map', () => {
    fc.assert(
      fc.property(camera, screen, fc.double({ min: 0.5, max: 2, noNaN: true }), (from, size, factor) => {
        const at = { x: size.width * 0.6, y: size.height * 0.4 }
        const under = toMap(from, size, at)
        const next = zoomed(from, size, { at, factor })
        if (Math.abs(next.x) > 1.19 || Math.abs(next.y) > 1.19) return
        const then = toScreen(next, size, under)
        expect(then.x).toBeCloseTo(at.x, 3)
        expect(then.y).toBeCloseTo(at.y, 3)
      }),
    )
  })

  it('never loses the map out of sight, however it is moved', () => {
    const by = fc.record({ x: fc.integer({ min: -9_999, max: 9_999 }), y: fc.integer({ min: -9_999, max: 9_999 }) })
    fc.assert(
      fc.property(camera, screen, fc.array(by, { maxLength: 5 }), (from, size, ways) => {
        const { x, y, zoom } = ways.reduce<Camera>((now, way) => moved(now, size, way), from)
        expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1.2)
        expect(zoom).toBe(from.zoom)
      }),
    )
  })

  it('is at its ends at the ends of a flight, and between them on the way', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(camera, camera, share, (from, to, part) => {
        const [start, end, midway] = [between(from, to, 0), between(from, to, 1), between(from, to, part)]
        for (const axis of ['x', 'y', 'zoom'] as const) {
          expect(start[axis]).toBeCloseTo(from[axis], 5)
          expect(end[axis]).toBeCloseTo(to[axis], 5)
          expect(midway[axis]).toBeGreaterThanOrEqual(Math.min(from[axis], to[axis]) - 1e-6)
          expect(midway[axis]).toBeLessThanOrEqual(Math.max(from[axis], to[axis]) + 1e-6)
        }
      }),
    )
  })

  it('is found again in an address, to less than a pixel', () => {
    fc.assert(
      fc.property(camera, screen, (from, size) => {
        const read = cameraOf(cameraText(from))
        const middle = toScreen(read, size, from)
        expect(Math.hypot(middle.x - size.width / 2, middle.y - size.height / 2)).toBeLessThan(2)
        expect(Math.abs(read.zoom / from.zoom - 1)).toBeLessThan(0.001)
        expect(cameraText(read)).toBe(cameraText(from))
      }),
    )
  })

  it('is all of the map where an address says nothing that makes sense', () => {
    const nonsense = fc.oneof(
      fc.string(),
      fc.constantFrom('1,2', '1,2,3,4', 'NaN,0,1', '0,0,0', '0,0,1e9', ',,', '0,0,-1'),
    )
    fc.assert(
      fc.property(nonsense, (text) => {
        const { x, y, zoom } = cameraOf(text)
        expect([x, y, zoom].every(Number.isFinite)).toBe(true)
        expect(zoom).toBeGreaterThanOrEqual(0.6)
      }),
    )
    for (const text of ['1,2', '1,2,3,4', 'NaN,0,1', '0,0,0', '0,0,1e9', ',,', '0,0,-1', null]) {
      expect(cameraOf(text)).toEqual(WHOLE)
    }
  })
})

describe('the keys of any map', () => {
  it.each([
    ['ArrowLeft', 'ArrowRight'],
    ['ArrowUp', 'ArrowDown'],
    ['+', '-'],
    ['=', '_'],
  ])('%s is undone by %s', (key, back) => {
    const inside = fc.record({
      x: fc.constant(0.1),
      y: fc.constant(-0.1),
      zoom: fc.double({ min: 2, max: 1_000, noNaN: true }),
    })
    fc.assert(
      fc.property(inside, screen, (from, size) => {
        const there = cameraAfter(key, from, size) as Camera
        const again = cameraAfter(back, there, size) as Camera
        for (const axis of ['x', 'y', 'zoom'] as const) expect(again[axis]).toBeCloseTo(from[axis], 6)
        expect(there).not.toEqual(from)
      }),
    )
  })

  it('lead back to the whole map, and nowhere by any other', () => {
    const size = { width: 800, height: 600 }
    for (const key of ['0', 'Home']) expect(cameraAfter(key, { x: 1, y: 1, zoom: 9 }, size)).toEqual(WHOLE)
    for (const key of ['a', 'Tab', 'Enter', 'Escape', ' ']) expect(cameraAfter(key, WHOLE, size)).toBeUndefined()
  })
})

describe('the grid of any points', () => {
  const distance = ({ x, y }: MapPoints, at: number, to: { x: number; y: number }) =>
    Math.hypot((x[at] as number) - to.x, (y[at] as number) - to.y)

  it('finds the nearest within reach, as looking at all of them does', () => {
    fc.assert(
      fc.property(points, place, fc.double({ min: 0.001, max: 0.7, noNaN: true }), (all, from, reach) => {
        const found = new PointGrid(all).nearest(from.x, from.y, reach)
        const least = Math.min(...all.ids.map((_, at) => distance(all, at, from)))
        if (found === undefined) expect(least).toBeGreaterThanOrEqual(reach - 1e-9)
        else expect(distance(all, found, from)).toBeCloseTo(least, 9)
      }),
    )
  })

  it('tells of every point of an area once, and of none outside', () => {
    fc.assert(
      fc.property(points, place, place, (all, a, b) => {
        const area = {
          left: Math.min(a.x, b.x),
          right: Math.max(a.x, b.x),
          bottom: Math.min(a.y, b.y),
          top: Math.max(a.y, b.y),
        }
        const met: number[] = []
        new PointGrid(all).within(area, (at) => met.push(at))
        const inside = all.ids.flatMap((_, at) => {
          const [x, y] = [all.x[at] as number, all.y[at] as number]
          return x >= area.left && x <= area.right && y >= area.bottom && y <= area.top ? [at] : []
        })
        expect(met.sort((one, other) => one - other)).toEqual(inside)
      }),
    )
  })

  it('stops when it is told to', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 5 }), (all, most) => {
        let met = 0
        new PointGrid(all).within({ left: -1, right: 1, bottom: -1, top: 1 }, () => ++met < most)
        expect(met).toBe(Math.min(most, all.ids.length))
      }),
    )
  })

  it('finds points on the very edge, and beyond it', () => {
    const edge = { x: Float32Array.of(1, -1, 1.5), y: Float32Array.of(1, -1, -1.5) }
    const grid = new PointGrid(edge)
    expect(grid.nearest(1, 1, 0.01)).toBe(0)
    expect(grid.nearest(-1, -1, 0.01)).toBe(1)
    expect(grid.nearest(1.5, -1.5, 0.01)).toBe(2)
    expect(new PointGrid({ x: new Float32Array(), y: new Float32Array() }).nearest(0, 0, 1)).toBeUndefined()
  })
})

describe('the pictures on any map', () => {
  it('cover one another nowhere, are in view, and are no more than may be', () => {
    fc.assert(
      fc.property(points, screen, fc.integer({ min: 1, max: 40 }), (all, size, most) => {
        const near = { x: 0, y: 0, zoom: 1.5 }
        const chosen = chooseThumbnails(all, new PointGrid(all), { camera: near, screen: size, most })
        expect(chosen.length).toBeLessThanOrEqual(most)
        for (const [index, one] of chosen.entries()) {
          expect(one.x).toBeGreaterThanOrEqual(-0.01)
          expect(one.x).toBeLessThanOrEqual(size.width + 0.01)
          for (const other of chosen.slice(index + 1)) {
            const apart = Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y))
            expect(apart).toBeGreaterThanOrEqual(one.size - 0.01)
          }
        }
      }),
    )
  })

  it('are those that come first among the points: the first one in view always shows', () => {
    fc.assert(
      fc.property(points, screen, (all, size) => {
        const near = { x: 0, y: 0, zoom: 1.5 }
        const chosen = chooseThumbnails(all, new PointGrid(all), { camera: near, screen: size })
        const [corner, other] = [
          toMap(near, size, { x: 0, y: 0 }),
          toMap(near, size, { x: size.width, y: size.height }),
        ]
        const first = all.ids.findIndex((_, at) => {
          const [x, y] = [all.x[at] as number, all.y[at] as number]
          return x >= corner.x && x <= other.x && y >= other.y && y <= corner.y
        })
        expect(chosen[0]?.at ?? -1).toBe(first)
        expect(chosen.map(({ at }) => at)).toEqual(chosen.map(({ at }) => at).sort((a, b) => a - b))
      }),
    )
  })

  it('show from a zoom on that grows with the points, and dots stay dots', () => {
    const size = { width: 1_000, height: 800 }
    expect(showsThumbnails(WHOLE, 100)).toBe(false)
    expect(showsThumbnails({ ...WHOLE, zoom: 1.5 }, 100)).toBe(true)
    expect(showsThumbnails({ ...WHOLE, zoom: 1.5 }, 40_000)).toBe(false)
    fc.assert(
      fc.property(camera, fc.nat(100_000), (from, count) => {
        expect(dotSize(from, count, size)).toBeGreaterThanOrEqual(2.4)
        expect(dotSize(from, count, size)).toBeLessThanOrEqual(9)
      }),
    )
  })
})

describe('the colours of any map', () => {
  const map = {
    clusters: [{ words: ['fox', 'snow'] }, { words: [] }, { words: ['<b>clock</b>'] }, { words: ['harbour'] }],
    sources: ['example.org', '', 'sketch'],
  } as unknown as ReadyMap

  it.each(['cluster', 'source', 'size'] as const)('count every point once, by %s', (by) => {
    fc.assert(
      fc.property(points, (all) => {
        const { legend, of } = colouring(by, map, all)
        expect(of).toHaveLength(all.ids.length)
        expect(legend.reduce((sum, entry) => sum + entry.points, 0)).toBe(all.ids.length)
        for (const [at, entry] of legend.entries()) expect(of.filter((one) => one === at)).toHaveLength(entry.points)
      }),
    )
  })

  it('are named and told apart', () => {
    const all: MapPoints = { ...empty(), ids: [] }
    const { legend } = colouring('cluster', map, all)
    expect(legend.map(({ label }) => label)).toEqual(['fox, snow', 'cluster 2', '<b>clock</b>', 'harbour'])
    expect(colouring('source', map, all).legend.map(({ label }) => label)).toEqual(['example.org', 'unknown', 'sketch'])
    expect(new Set(legend.map(({ colour }) => cssOf(colour))).size).toBe(4)
    for (const { colour } of legend)
      for (const part of colour) expect(part === Math.round(part) && part >= 0 && part <= 255).toBe(true)
  })

  it('put a size that is the limit into the smaller group, and an unknown one into none', () => {
    const sides = [0, 1, 256, 257, 512, 1_024, 2_048, 2_049, 65_535]
    const all = {
      ...empty(),
      width: Uint16Array.from(sides),
      height: Uint16Array.from(sides, () => 0),
      ids: sides.map(String),
    }
    const { legend, of } = colouring('size', map, all)
    expect([...of].map((at) => legend[at]?.label)).toEqual([
      'unknown',
      'up to 256 pixels',
      'up to 256 pixels',
      '257 to 512 pixels',
      '257 to 512 pixels',
      '769 to 1024 pixels',
      '1025 to 2048 pixels',
      'over 2048 pixels',
      'over 2048 pixels',
    ])
  })
})

describe('the address of any map', () => {
  it('is read as the place that it was made of', () => {
    const there = fc.record({
      by: fc.constantFrom('cluster' as const, 'source' as const, 'size' as const),
      view: fc.constantFrom('map' as const, 'list' as const),
      chosen: fc.option(fc.nat(9_999), { nil: undefined }),
      camera: camera.map((one) => cameraOf(cameraText(one))),
    })
    fc.assert(
      fc.property(there, (one) => {
        expect(mapPlaceOf(new URL(mapAddress(one), 'http://localhost').searchParams)).toEqual(one)
      }),
    )
  })

  it('that was made elsewhere is read without complaint', () => {
    const pair = fc.tuple(fc.constantFrom('by', 'view', 'only', 'at'), fc.string({ maxLength: 12 }))
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const read = mapPlaceOf(new URLSearchParams(pairs))
        expect(mapPlaceOf(new URL(mapAddress(read), 'http://localhost').searchParams)).toEqual(read)
      }),
    )
  })
})

describe('any points as bytes', () => {
  it('are unpacked as they were packed', () => {
    fc.assert(
      fc.property(points, fc.array(fc.string({ unit: 'grapheme' }), { minLength: 80, maxLength: 80 }), (all, names) => {
        const named = { ...all, ids: all.ids.map((_, at) => names[at] as string) }
        expect(unpackPoints(packPoints(named).buffer as ArrayBuffer)).toEqual(named)
      }),
      { numRuns: 40 },
    )
  })

  it('are refused where a byte is missing or there is one too many', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 40 }), (all, by) => {
        const bytes = packPoints(all)
        const longer = new Uint8Array(bytes.length + by)
        longer.set(bytes)
        expect(() => unpackPoints(longer.buffer)).toThrow(RangeError)
        expect(() => unpackPoints(bytes.slice(0, Math.max(0, bytes.length - by)).buffer)).toThrow(RangeError)
      }),
      { numRuns: 40 },
    )
  })
})

function empty(): Omit<MapPoints, 'ids'> {
  const [floats, words] = [new Float32Array(), new Uint16Array()]
  return { x: floats, y: floats, width: words, height: words, cluster: words, source: words }
}
