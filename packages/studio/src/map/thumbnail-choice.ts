import type { MapPoints } from '../api/map-points.ts'
import { type Camera, pixelsOf, type Screen, toMap, toScreen } from './map-camera.ts'
import type { PointGrid } from './point-grid.ts'

/** A picture to be drawn on the map. */
export interface PlacedThumbnail {
  readonly at: number
  /** Middle and longer side, in CSS pixels. */
  readonly x: number
  readonly y: number
  readonly size: number
}

/** Points that are looked at for one frame; a screen full of them shows nothing but pictures anyway. */
const LOOKED_AT = 20_000
/** Pictures in one frame. */
const MOST = 220
/** CSS pixels of a picture: a stamp on the whole map, and more the nearer one comes. */
const SMALLEST = 34
const LARGEST = 132

/** Whether pictures are shown at this zoom: with all of the map in view, its shape is what there is to see. */
export function showsThumbnails({ zoom }: Camera, points: number): boolean {
  return zoom > Math.max(1.3, Math.sqrt(points / 4_000))
}

/**
 * Pictures that can be shown without covering one another, the same ones as long as they stay in view: those that come
 * first among the points.
 */
export function chooseThumbnails(
  points: MapPoints,
  grid: PointGrid,
  { camera, screen, most = MOST }: { camera: Camera; screen: Screen; most?: number },
): PlacedThumbnail[] {
  if (!showsThumbnails(camera, points.ids.length)) return []
  const corner = toMap(camera, screen, { x: 0, y: 0 })
  const other = toMap(camera, screen, { x: screen.width, y: screen.height })
  const seen: number[] = []
  grid.within({ left: corner.x, right: other.x, bottom: other.y, top: corner.y }, (at) => seen.push(at) < LOOKED_AT)
  seen.sort((a, b) => a - b)
  // The mean distance of the points in view, on the screen.
  const room = Math.sqrt((screen.width * screen.height) / Math.max(1, seen.length))
  const size = Math.round(Math.min(LARGEST, Math.max(SMALLEST, room * 0.85)))
  const taken = new Set<string>()
  const chosen: PlacedThumbnail[] = []
  for (const at of seen) {
    if (chosen.length === most) break
    const { x, y } = toScreen(camera, screen, { x: points.x[at] as number, y: points.y[at] as number })
    if (!takeRoom(taken, { x, y }, size)) continue
    chosen.push({ at, x, y, size })
  }
  return chosen
}

/** Takes the room of a picture unless another one has it: cells of its size, and no two in neighbouring cells meet. */
function takeRoom(taken: Set<string>, { x, y }: { x: number; y: number }, size: number): boolean {
  const half = size / 2
  const cells = [
    [x - half, y - half],
    [x + half, y - half],
    [x - half, y + half],
    [x + half, y + half],
  ].map(([cx = 0, cy = 0]) => `${Math.floor(cx / size)},${Math.floor(cy / size)}`)
  if (cells.some((cell) => taken.has(cell))) return false
  for (const cell of cells) taken.add(cell)
  return true
}

/** CSS pixels of a point at this zoom. */
export function dotSize({ zoom }: Camera, points: number, screen: Screen): number {
  const room = pixelsOf({ zoom }, screen) / Math.sqrt(Math.max(1, points))
  return Math.min(9, Math.max(2.4, room * 0.55))
}
