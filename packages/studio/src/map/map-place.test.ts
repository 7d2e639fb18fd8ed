import { describe, expect, it } from 'vitest'
import { WHOLE } from './map-camera.ts'
import { type MapPlace, mapAddress, mapPlaceOf } from './map-place.ts'

const of = (text: string): MapPlace => mapPlaceOf(new URLSearchParams(text))

describe('the address of the map', () => {
  it('says nothing for the whole map by clusters', () => {
    expect(of('')).toEqual({ by: 'cluster', view: 'map', chosen: undefined, camera: WHOLE })
  })

  it('names what is looked at', () => {
    expect(of('by=size&view=list&only=3&at=0.5,-0.25,8')).toEqual({
      by: 'size',
      view: 'list',
      chosen: 3,
      camera: { x: 0.5, y: -0.25, zoom: 8 },
    })
  })

  it('comes back from a place', () => {
    expect(mapAddress(of(''))).toBe('/map')
    for (const text of ['by=size&view=list&only=3&at=0.5,-0.25,8', 'only=0', 'by=source']) {
      expect(mapAddress(of(text))).toBe(`/map?${text}`)
    }
  })

  it('may say anything else without harm', () => {
    expect(of('by=<script>&view=x&only=-1&at=9e9,NaN')).toEqual(of(''))
  })
})
