import { useMemo } from 'preact/hooks'
import { go, place } from '../navigation.ts'
import { type MapPlace, mapAddress, mapPlaceOf } from './map-place.ts'

/** The place that the page's address names, and a way to another one. */
export function useMapPlace(): readonly [MapPlace, (change: Partial<MapPlace>) => void] {
  const { search } = place.value
  const here = useMemo(() => mapPlaceOf(search), [search])
  const change = (next: Partial<MapPlace>) => {
    // Asked for anew: the camera may have moved since this was drawn.
    go(mapAddress({ ...mapPlaceOf(place.value.search), ...next }), { replace: true })
  }
  return [here, change]
}
