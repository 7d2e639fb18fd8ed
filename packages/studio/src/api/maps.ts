import { ApiFailure } from './failure.ts'
import type { MapState } from './map.ts'
import { type MapPoints, unpackPoints } from './map-points.ts'
import { pathOf, reach, request } from './request.ts'

/** The state of the map; where there is none, it begins to be made. */
export function readMap(): Promise<MapState> {
  return request('/api/map')
}

/** Begins a new map of the pictures as they are now. */
export function renewMap(): Promise<MapState> {
  return request('/api/map', { json: {} })
}

/**
 * The points of a map.
 * @throws ApiFailure where it is no longer there
 */
export async function readMapPoints(fingerprint: string): Promise<MapPoints> {
  const response = await reach(pathOf('api', 'map', fingerprint, 'points'))
  if (!response.ok) {
    const text = 'The map has been replaced by a newer one; load the page anew.'
    throw new ApiFailure(text, { status: response.status, code: 'not_found' })
  }
  return unpackPoints(await response.arrayBuffer())
}
