/** What part of the map is looked at. Map coordinates go from −1 to 1, y upwards; the screen's are CSS pixels. */
export interface Camera {
  /** The map's point in the middle of the screen. */
  readonly x: number
  readonly y: number
  /** Times by which it is larger than when all of it fits the screen. */
  readonly zoom: number
}

/** Size of the screen, in CSS pixels. */
export interface Screen {
  readonly width: number
  readonly height: number
}

/** A place in either coordinates. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** All of the map. */
export const WHOLE: Camera = { x: 0, y: 0, zoom: 1 }

const LEAST_ZOOM = 0.6
const MOST_ZOOM = 4_000
/** The part of the shorter side that the whole map takes. */
const FILLED = 0.92

/** CSS pixels that one unit of the map takes. */
export function pixelsOf({ zoom }: Pick<Camera, 'zoom'>, { width, height }: Screen): number {
  return (Math.min(width, height) / 2) * FILLED * zoom
}

/** Where a place of the map is on the screen. */
export function toScreen(camera: Camera, screen: Screen, { x, y }: Place): Place {
  const pixels = pixelsOf(camera, screen)
  return { x: screen.width / 2 + (x - camera.x) * pixels, y: screen.height / 2 - (y - camera.y) * pixels }
}

/** The place of the map at a place of the screen. */
export function toMap(camera: Camera, screen: Screen, { x, y }: Place): Place {
  const pixels = pixelsOf(camera, screen)
  return { x: camera.x + (x - screen.width / 2) / pixels, y: camera.y - (y - screen.height / 2) / pixels }
}

/** Zooms by a factor so that the place of the map under `at` stays there. */
export function zoomed(camera: Camera, screen: Screen, { at, factor }: { at: Place; factor: number }): Camera {
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, camera.zoom * factor))
  const under = toMap(camera, screen, at)
  const then = toMap({ ...camera, zoom }, screen, at)
  return bounded({ x: camera.x + under.x - then.x, y: camera.y + under.y - then.y, zoom })
}

/** Moves the map under the hand by so many CSS pixels. */
export function moved(camera: Camera, screen: Screen, by: Place): Camera {
  const pixels = pixelsOf(camera, screen)
  return bounded({ ...camera, x: camera.x - by.x / pixels, y: camera.y + by.y / pixels })
}

/** The camera between two others; zooming goes by equal factors, so that it looks even. */
export function between(from: Camera, to: Camera, share: number): Camera {
  const zoom = from.zoom * (to.zoom / from.zoom) ** share
  // The place that stays where it is while zooming evenly, so that the way looks straight.
  const way = Math.abs(to.zoom - from.zoom) < 1e-9 ? share : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom)
  return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, zoom }
}

/** A camera as it stands in an address: `0.123,-0.4,12.5`. */
export function cameraText({ x, y, zoom }: Camera): string {
  const digits = Math.min(8, 3 + Math.ceil(Math.log10(Math.max(1, zoom))))
  return `${Number(x.toFixed(digits))},${Number(y.toFixed(digits))},${Number(zoom.toPrecision(4))}`
}

/** The camera of an address; all of the map where it has none, or none that makes sense. */
export function cameraOf(text: string | null): Camera {
  const parts = (text ?? '').split(',').map(Number)
  const [x = 0, y = 0, zoom = 0] = parts
  if (parts.length !== 3 || !parts.every(Number.isFinite) || zoom < LEAST_ZOOM || zoom > MOST_ZOOM) return WHOLE
  return bounded({ x, y, zoom })
}

/** Nobody should lose the map out of sight. */
function bounded({ x, y, zoom }: Camera): Camera {
  const within = (value: number) => Math.min(1.2, Math.max(-1.2, value))
  return { x: within(x), y: within(y), zoom }
}
