import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MapPoints, packPoints, unpackPoints } from './map-points.ts'

const points = (ids: readonly string[]): MapPoints => ({
  x: Float32Array.from(ids, (_, at) => at / 7),
  y: Float32Array.from(ids, (_, at) => -at),
  width: Uint16Array.from(ids, (_, at) => at * 3),
  height: Uint16Array.from(ids, () => 65_535),
  cluster: Uint16Array.from(ids, (_, at) => at % 5),
  source: Uint16Array.from(ids, (_, at) => at % 2),
  ids,
})

describe('points as bytes', () => {
  it('come out as they went in, whatever the ids are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }), (ids) => {
        const given = points(ids)
        expect(unpackPoints(packPoints(given).buffer as ArrayBuffer)).toEqual(given)
      }),
    )
  })

  it('take 20 bytes a point beside its id', () => {
    expect(packPoints(points(['ab', 'c'])).length).toBe(12 + 2 * 20 + 3)
  })

  it('are refused when they are something else, or cut off', () => {
    const packed = packPoints(points(['a', 'b']))
    for (const bytes of [new Uint8Array(0), new Uint8Array(100), packed.slice(0, -1), packed.slice(4)]) {
      expect(() => unpackPoints(bytes.buffer as ArrayBuffer)).toThrow(RangeError)
    }
  })
})
