import type { JSX } from 'preact'
import { countOf } from '../interface/amounts.ts'
import { type Colouring, cssOf } from './map-colours.ts'

interface MapLegendProps {
  readonly colouring: Colouring
  readonly chosen: number | undefined
  readonly onChoose: (entry: number | undefined) => void
}

/** What the colours mean; one that is chosen stands out on the map. */
export function MapLegend({ colouring, chosen, onChoose }: MapLegendProps): JSX.Element {
  return (
    <ul class="map-legend" aria-label="Colours of the map">
      {colouring.legend.map(({ label, colour, points }, at) =>
        points === 0 ? null : (
          <li key={label}>
            <button type="button" aria-pressed={chosen === at} onClick={() => onChoose(chosen === at ? undefined : at)}>
              <span class="map-dot" style={{ backgroundColor: cssOf(colour) }} aria-hidden="true" />
              <span class="map-label">{label}</span>
              <span class="fine">{countOf(points)}</span>
            </button>
          </li>
        ),
      )}
    </ul>
  )
}
