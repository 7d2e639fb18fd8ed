import type { JSX } from 'preact'

/** The map of the collection. */
export function MapView(): JSX.Element {
  return <h1>Map</h1>
}
