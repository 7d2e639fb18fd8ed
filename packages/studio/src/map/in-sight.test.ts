import { expect, it } from 'vitest'
import { anyInSight } from './in-sight.ts'

const points = { x: Float32Array.of(-0.5, 0.5), y: Float32Array.of(0, 0.25) }
const screen = { width: 1_000, height: 500 }

it.each([
  ['all of the map', { x: 0, y: 0, zoom: 1 }, true],
  ['near a point', { x: 0.5, y: 0.25, zoom: 4_000 }, true],
  ['between the points', { x: 0, y: 0, zoom: 50 }, false],
  ['a point beside, on a screen that is wide enough', { x: 0.4, y: 0.25, zoom: 20 }, true],
  ['a point as far above, where the screen is too low', { x: 0.5, y: 0.15, zoom: 20 }, false],
])('%s', (_, camera, seen) => expect(anyInSight(points, camera, screen)).toBe(seen))

it('no points are never in sight', () => {
  expect(anyInSight({ x: new Float32Array(), y: new Float32Array() }, { x: 0, y: 0, zoom: 1 }, screen)).toBe(false)
})
