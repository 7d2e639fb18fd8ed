import { describe, expect, it } from 'vitest'
import { WHOLE } from './map-camera.ts'
import { cameraAfter } from './use-map-keys.ts'

const SCREEN = { width: 800, height: 600 }
const after = (key: string, camera = { x: 0.1, y: 0.1, zoom: 4 }) => cameraAfter(key, camera, SCREEN)

describe('keys on the map', () => {
  it('move what is seen in the direction of the arrow', () => {
    expect(after('ArrowRight')?.x).toBeGreaterThan(0.1)
    expect(after('ArrowLeft')?.x).toBeLessThan(0.1)
    expect(after('ArrowUp')?.y).toBeGreaterThan(0.1)
    expect(after('ArrowDown')?.y).toBeLessThan(0.1)
  })

  it('zoom on the middle, and back to the whole', () => {
    expect(after('+')).toMatchObject({ x: 0.1, y: 0.1, zoom: 6 })
    expect(after('-')?.zoom).toBeCloseTo(4 / 1.5, 9)
    expect(after('0')).toEqual(WHOLE)
  })

  it('leave other keys to the page', () => expect(after('a')).toBeUndefined())
})
