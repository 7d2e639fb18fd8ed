import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { ReadyMap } from '../api/map.ts'
import type { MapPoints } from '../api/map-points.ts'
import { wantsCalm } from '../interface/theme.ts'
import { between, type Camera, type Place, pixelsOf, type Screen, toMap } from './map-camera.ts'
import type { Colouring } from './map-colours.ts'
import { drawOverlay } from './overlay.ts'
import { PointGrid } from './point-grid.ts'
import { createPointPainter, type PointPainter } from './point-painter.ts'
import { chooseThumbnails, dotSize } from './thumbnail-choice.ts'
import { ThumbnailStore } from './thumbnail-store.ts'
import { type GestureTarget, useGestures } from './use-gestures.ts'
import { useMapKeys } from './use-map-keys.ts'

interface MapCanvasProps {
  readonly map: ReadyMap
  readonly points: MapPoints
  readonly colouring: Colouring
  readonly chosen: number | undefined
  /** Where to look; the canvas flies there when it changes. */
  readonly camera: Camera
  /** The camera has come to rest. */
  readonly onCamera: (camera: Camera) => void
  /** A point is under the pointer, or the keyboard's; undefined: none is. */
  readonly onMark: (point: number | undefined, at: Place | undefined) => void
  readonly onOpen: (point: number) => void
}

/** CSS pixels within which a point is under the pointer. */
const REACH = 14
/** Milliseconds of a flight from one place to another. */
const FLIGHT_MS = 450
/** Milliseconds without a move after which the camera rests. */
const REST_MS = 250

/** What is drawn, kept out of the components' state: a frame must not wait for them. */
interface Scene {
  camera: Camera
  marked: number | undefined
  flight: { readonly from: Camera; readonly to: Camera; readonly began: number } | undefined
  screen: Screen
}

/** The points of the map, with pictures where there is room, moved by hand, wheel, fingers and keys. */
export function MapCanvas(props: MapCanvasProps): JSX.Element {
  const { map, points, camera, onMark, onOpen } = props
  const box = useRef<HTMLDivElement>(null)
  const told = useRef<Camera[]>([])
  const onCamera = (rested: Camera) => {
    told.current.push(rested)
    props.onCamera(rested)
  }
  const latest = useRef(props)
  latest.current = { ...props, onCamera }
  const scene = useRef<Scene>({ camera, marked: undefined, flight: undefined, screen: { width: 1, height: 1 } })
  const grid = useMemo(() => new PointGrid(points), [points])
  const { request, canvases } = useDrawing({ box, scene, latest, grid })
  const settled = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const look = (next: Camera) => {
    Object.assign(scene.current, { camera: next, flight: undefined })
    clearTimeout(settled.current)
    settled.current = setTimeout(() => latest.current.onCamera(scene.current.camera), REST_MS)
    request()
  }
  const mark = (point: number | undefined, at?: Place) => {
    if (scene.current.marked !== point) request()
    scene.current.marked = point
    onMark(point, at)
  }
  const open = (point: number) => {
    // The way back leads to where the map is now, rested or not.
    clearTimeout(settled.current)
    latest.current.onCamera(scene.current.camera)
    onOpen(point)
  }
  const pointAt = (at: Place) => {
    const { camera, screen } = scene.current
    const { x, y } = toMap(camera, screen, at)
    return grid.nearest(x, y, REACH / pixelsOf(camera, screen))
  }
  const target = useRef<GestureTarget | null>(null)
  target.current = {
    camera: () => scene.current.camera,
    screen: () => scene.current.screen,
    onCamera: look,
    onHover: (at) => mark(at && pointAt(at), at),
    onTap: (at) => {
      const point = pointAt(at)
      if (point !== undefined) open(point)
    },
  }
  useGestures(box, target)
  const keys = useMapKeys({ scene, look, mark, grid, onOpen: open })

  useEffect(() => {
    // An address that follows what was done here leads nowhere: the camera may have moved on meanwhile.
    const own = told.current.findLastIndex((one) => isNear(one, camera))
    if (own >= 0) return void told.current.splice(0, own + 1)
    if (isNear(scene.current.camera, camera)) return
    if (wantsCalm()) return look(camera)
    scene.current.flight = { from: scene.current.camera, to: camera, began: performance.now() }
    request()
  }, [camera])
  useEffect(() => () => clearTimeout(settled.current), [])

  const label = `Map of ${map.points} pictures. Arrow keys move, plus and minus zoom, Enter opens the picture in the middle.`
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is moved by keys
    <div ref={box} class="map-canvas" role="application" aria-label={label} tabIndex={0} {...keys}>
      <canvas ref={canvases.points} />
      <canvas ref={canvases.overlay} />
    </div>
  )
}

/** Whether two cameras show the same, as far as an address can tell. */
function isNear(one: Camera, other: Camera): boolean {
  const far = Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y)) * one.zoom
  return far <= 0.01 && Math.abs(one.zoom / other.zoom - 1) < 0.01
}

interface DrawingParts {
  readonly box: { readonly current: HTMLDivElement | null }
  readonly scene: { readonly current: Scene }
  readonly latest: { readonly current: MapCanvasProps }
  readonly grid: PointGrid
}

/** Draws the scene when it is asked to, once a frame. */
function useDrawing({ box, scene, latest, grid }: DrawingParts) {
  const { points, colouring, chosen } = latest.current
  const canvases = { points: useRef<HTMLCanvasElement>(null), overlay: useRef<HTMLCanvasElement>(null) }
  const painter = useRef<PointPainter | undefined>(undefined)
  const frame = useRef(0)
  const store = useMemo(() => new ThumbnailStore(() => request()), [points])
  const draw = () => {
    frame.current = 0
    fly(scene.current, () => latest.current.onCamera(scene.current.camera))
    const { camera, screen, marked, flight } = scene.current
    const { map, colouring, chosen } = latest.current
    const size = dotSize(camera, points.ids.length, screen)
    painter.current?.draw({ camera, screen, size, chosen })
    const thumbnails = chooseThumbnails(points, grid, { camera, screen })
    const labels = map.clusters.map(({ words, x, y }) => ({ text: words.slice(0, 2).join(' · '), x, y }))
    const canvas = canvases.overlay.current
    if (canvas) {
      const named = thumbnails.length > 0 ? [] : labels
      drawOverlay({ canvas, points, store, colouring }, { camera, screen, thumbnails, labels: named, marked, chosen })
    }
    if (flight) request()
  }
  const request = () => {
    frame.current ||= requestAnimationFrame(draw)
  }
  useLayoutEffect(() => {
    const canvas = canvases.points.current as HTMLCanvasElement
    const made = createPointPainter(canvas, points)
    painter.current = made
    const measure = () => {
      const { clientWidth: width = 1, clientHeight: height = 1 } = box.current ?? {}
      scene.current.screen = { width: Math.max(1, width), height: Math.max(1, height) }
      request()
    }
    const observer = new ResizeObserver(measure)
    observer.observe(box.current as HTMLDivElement)
    measure()
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame.current)
      frame.current = 0
      made.dispose()
    }
  }, [points])
  useLayoutEffect(() => {
    painter.current?.setColours(colouring)
    request()
  }, [points, colouring])
  useLayoutEffect(request, [chosen])
  return { request, canvases }
}

/** Takes the scene along its flight, if it is on one. */
function fly(scene: Scene, onLanding: () => void): void {
  const { flight } = scene
  if (!flight) return
  const share = Math.min(1, (performance.now() - flight.began) / FLIGHT_MS)
  scene.camera = between(flight.from, flight.to, share < 1 ? 1 - (1 - share) ** 3 : 1)
  if (share < 1) return
  scene.flight = undefined
  onLanding()
}
