import { type Camera, cameraOf, cameraText } from './map-camera.ts'
import type { ColouredBy } from './map-colours.ts'

/** What the address of the map says. */
export interface MapPlace {
  readonly by: ColouredBy
  readonly view: 'map' | 'list'
  /** The legend's entry that alone stands out. */
  readonly chosen: number | undefined
  readonly camera: Camera
}

const KINDS: readonly ColouredBy[] = ['cluster', 'source', 'size']

/** The place that an address's query names. */
export function mapPlaceOf(search: URLSearchParams): MapPlace {
  const by = search.get('by') as ColouredBy
  const chosen = search.get('only')
  return {
    by: KINDS.includes(by) ? by : 'cluster',
    view: search.get('view') === 'list' ? 'list' : 'map',
    chosen: chosen !== null && /^\d{1,4}$/.test(chosen) ? Number(chosen) : undefined,
    camera: cameraOf(search.get('at')),
  }
}

/** The address of a place of the map. */
export function mapAddress({ by, view, chosen, camera }: MapPlace): string {
  const search = new URLSearchParams()
  if (by !== 'cluster') search.set('by', by)
  if (view !== 'map') search.set('view', view)
  if (chosen !== undefined) search.set('only', String(chosen))
  const at = cameraText(camera)
  if (at !== cameraText(cameraOf(null))) search.set('at', at)
  const text = search.toString().replaceAll('%2C', ',')
  return text ? `/map?${text}` : '/map'
}
