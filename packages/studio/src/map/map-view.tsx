import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { MapState, ReadyMap } from '../api/map.ts'
import type { MapPoints } from '../api/map-points.ts'
import { countOf } from '../interface/amounts.ts'
import { Failed } from '../interface/failed.tsx'
import { Icon } from '../interface/icon.tsx'
import { narrow } from '../interface/media-query.ts'
import { go } from '../navigation.ts'
import '../styles/map.css'
import { anyInSight } from './in-sight.ts'
import { type Camera, WHOLE, zoomed } from './map-camera.ts'
import { MapCanvas } from './map-canvas.tsx'
import { MapCard } from './map-card.tsx'
import { type ColouredBy, colouring } from './map-colours.ts'
import { MapLegend } from './map-legend.tsx'
import { MapList } from './map-list.tsx'
import type { MapPlace } from './map-place.ts'
import { useMap } from './use-map.ts'
import { useMapPlace } from './use-map-place.ts'

const BY: readonly (readonly [ColouredBy, string])[] = [
  ['cluster', 'Clusters'],
  ['source', 'Sources'],
  ['size', 'Sizes'],
]

/** The map of the collection: every picture a point, alike near alike. */
export function MapView(): JSX.Element {
  const { state, points, failure, retry, renew } = useMap()
  useEffect(() => {
    document.title = 'Map · Promptloom'
  }, [])
  if (failure !== undefined) return <Failed message={failure} onRetry={retry} />
  if (state?.state === 'ready' && points) return <Ready map={state} points={points} renew={renew} />
  return <Waiting state={state} renew={renew} />
}

function Waiting({ state, renew }: { state: MapState | undefined; renew: () => void }): JSX.Element {
  if (state?.state === 'empty' || state?.state === 'failed') {
    return (
      <section class="empty">
        <h1>{state.state === 'empty' ? 'Nothing to map yet' : 'No map'}</h1>
        <p>{state.note}</p>
        {state.state === 'failed' && (
          <button type="button" class="button" onClick={renew}>
            Try again
          </button>
        )}
      </section>
    )
  }
  const progress = state?.state === 'working' ? state.progress : undefined
  return (
    <section class="map-waiting" aria-busy="true">
      <h1>{progress ? 'The map is being made' : 'Loading the map …'}</h1>
      {progress && (
        <>
          <progress value={progress.fraction} max={1} aria-label="Share of the map that is done" />
          <p class="fine" role="status">
            {progress.state} · {Math.round(progress.fraction * 100)} %. It is made once, and kept.
          </p>
        </>
      )}
    </section>
  )
}

interface ReadyProps {
  readonly map: ReadyMap
  readonly points: MapPoints
  readonly renew: () => void
}

function Ready({ map, points, renew }: ReadyProps): JSX.Element {
  const [place, change] = useMapPlace()
  const [marked, setMarked] = useState<number>()
  const { by, view, chosen, camera } = place
  const colours = useMemo(() => colouring(by, map, points), [by, map, points])
  const open = (point: number) => go(`/row/${encodeURIComponent(points.ids[point] as string)}`)
  return (
    <div class={`map map-as-${view}`}>
      <Tools {...{ map, place, change, renew }} />
      <aside class="map-side">
        <MapLegend
          colouring={colours}
          chosen={chosen}
          onChoose={(entry) => change({ chosen: entry, ...(by === 'cluster' ? aimed(map, entry, camera) : {}) })}
        />
      </aside>
      {view === 'list' ? (
        <MapList key={`${by} ${chosen}`} points={points} colouring={colours} chosen={chosen} />
      ) : (
        <div class="map-stage">
          <MapCanvas
            {...{ map, points, chosen, camera }}
            colouring={colours}
            onCamera={(next) => change({ camera: next })}
            onMark={setMarked}
            onOpen={open}
          />
          <Lost {...{ points, camera }} onCamera={(next) => change({ camera: next })} />
          <Zoom camera={camera} onCamera={(next) => change({ camera: next })} />
          <div class="map-marked" aria-live="polite">
            {marked !== undefined && (
              <MapCard
                id={points.ids[marked] as string}
                cluster={map.clusters[points.cluster[marked] as number]?.words.join(', ') ?? ''}
              />
            )}
          </div>
        </div>
      )}
    </div>
  )
}

interface LostProps {
  readonly points: MapPoints
  readonly camera: Camera
  readonly onCamera: (next: Camera) => void
}

/** The way back for who has zoomed to where nothing is. */
function Lost({ points, camera, onCamera }: LostProps): JSX.Element {
  // The window is no narrower than the map in it: what is said to be out of sight is.
  const screen = { width: window.innerWidth, height: window.innerHeight }
  const lost = useMemo(() => !anyInSight(points, camera, screen), [points, camera, screen.width, screen.height])
  return (
    <div class="map-lost" role="status">
      {lost && (
        <>
          <p>No picture is here.</p>
          <button type="button" class="button" onClick={() => onCamera(WHOLE)}>
            Show all of the map
          </button>
        </>
      )}
    </div>
  )
}

/** A look at a cluster that was chosen. */
function aimed(map: ReadyMap, entry: number | undefined, camera: Camera): { camera?: Camera } {
  const cluster = entry === undefined ? undefined : map.clusters[entry]
  return cluster ? { camera: { x: cluster.x, y: cluster.y, zoom: Math.max(2, Math.min(camera.zoom, 4)) } } : {}
}

interface ToolsProps {
  readonly map: ReadyMap
  readonly place: MapPlace
  readonly change: (next: Partial<MapPlace>) => void
  readonly renew: () => void
}

function Tools({ map, place, change, renew }: ToolsProps): JSX.Element {
  const { by, view } = place
  const other = view === 'list' ? 'map' : 'list'
  const [label, short] = other === 'map' ? ['Show the map', 'Map'] : ['Show a list', 'List']
  return (
    <div class="map-tools">
      <h1 class="unseen">Map</h1>
      <div class="segments" role="radiogroup" aria-label="Coloured by">
        {BY.map(([kind, label]) => (
          <label key={kind} data-on={by === kind ? '' : undefined}>
            <input
              class="unseen"
              type="radio"
              name="map-by"
              checked={by === kind}
              onChange={() => change({ by: kind, chosen: undefined })}
            />
            {label}
          </label>
        ))}
      </div>
      <button type="button" class="chip" title={label} aria-label={label} onClick={() => change({ view: other })}>
        <Icon name={other === 'map' ? 'map' : 'caption'} size={16} />
        {narrow.value ? short : label}
      </button>
      <p class="fine map-count">
        {countOf(map.points)}
        {map.points < map.pictures ? ` of ${countOf(map.pictures)}` : ''} pictures
        {map.projected < map.points && ` · laid out from ${countOf(map.projected)}`}
      </p>
      {map.updating !== null ? (
        <p class="fine" role="status">
          New map: {map.updating.state} · {Math.round(map.updating.fraction * 100)} %
        </p>
      ) : (
        map.stale && (
          <button type="button" class="chip" onClick={renew} title="Pictures have come or gone since it was made">
            Make a new map
          </button>
        )
      )}
    </div>
  )
}

function Zoom({ camera, onCamera }: { camera: Camera; onCamera: (next: Camera) => void }): JSX.Element {
  // The middle stays where it is, whatever the screen's size.
  const screen = { width: 2, height: 2 }
  const by = (factor: number) => onCamera(zoomed(camera, screen, { at: { x: 1, y: 1 }, factor }))
  return (
    <div class="map-zoom">
      <button type="button" class="quiet" aria-label="Zoom in" onClick={() => by(2)}>
        <Icon name="plus" />
      </button>
      <button type="button" class="quiet" aria-label="Zoom out" onClick={() => by(0.5)}>
        <Icon name="minus" />
      </button>
      <button type="button" class="quiet" aria-label="Show all of the map" onClick={() => onCamera(WHOLE)}>
        <Icon name="map" />
      </button>
    </div>
  )
}
