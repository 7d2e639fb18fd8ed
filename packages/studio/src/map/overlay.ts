import type { MapPoints } from '../api/map-points.ts'
import { type Camera, type Screen, toScreen } from './map-camera.ts'
import { type Colouring, cssOf } from './map-colours.ts'
import type { PlacedThumbnail } from './thumbnail-choice.ts'
import type { ThumbnailStore } from './thumbnail-store.ts'

/** What lies over the points in one frame. */
export interface OverlayFrame {
  readonly camera: Camera
  readonly screen: Screen
  readonly thumbnails: readonly PlacedThumbnail[]
  /** Names to write, with their places on the map; the most important first. */
  readonly labels: readonly { readonly text: string; readonly x: number; readonly y: number }[]
  /** The point under the pointer or the keyboard's. */
  readonly marked: number | undefined
  readonly chosen: number | undefined
}

/** What stays the same from frame to frame. */
export interface OverlayParts {
  readonly canvas: HTMLCanvasElement
  readonly points: MapPoints
  readonly store: ThumbnailStore
  readonly colouring: Colouring
}

/** Draws pictures, names and the mark over the points. */
export function drawOverlay({ canvas, points, store, colouring }: OverlayParts, frame: OverlayFrame): void {
  const { camera, screen, thumbnails, chosen, marked } = frame
  const context = canvas.getContext('2d')
  if (!context) return
  const real = Math.min(2, window.devicePixelRatio || 1)
  const [width, height] = [Math.round(screen.width * real), Math.round(screen.height * real)]
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  context.setTransform(real, 0, 0, real, 0, 0)
  context.clearRect(0, 0, screen.width, screen.height)
  store.want(thumbnails.map(({ at }) => points.ids[at] as string))
  for (const { at, x, y, size } of thumbnails) {
    const picture = store.get(points.ids[at] as string)
    const entry = colouring.of[at] as number
    context.globalAlpha = chosen === undefined || chosen === entry ? 1 : 0.2
    if (picture)
      drawPicture(context, picture, { x, y, size, edge: cssOf(colouring.legend[entry]?.colour ?? [0, 0, 0]) })
  }
  context.globalAlpha = 1
  const style = getComputedStyle(canvas)
  drawLabels(context, frame, { ink: style.getPropertyValue('--ink'), paper: style.getPropertyValue('--paper') })
  if (marked !== undefined) {
    const at = toScreen(camera, screen, { x: points.x[marked] as number, y: points.y[marked] as number })
    drawMark(context, at, style.getPropertyValue('--accent'))
  }
}

function drawPicture(
  context: CanvasRenderingContext2D,
  picture: ImageBitmap,
  { x, y, size, edge }: { x: number; y: number; size: number; edge: string },
): void {
  const scale = (size - 4) / Math.max(picture.width, picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  context.fillStyle = edge
  context.fillRect(x - width / 2 - 1.5, y - height / 2 - 1.5, width + 3, height + 3)
  context.drawImage(picture, x - width / 2, y - height / 2, width, height)
}

/** Writes names where they cover no other. */
function drawLabels(
  context: CanvasRenderingContext2D,
  { camera, screen, labels }: OverlayFrame,
  { ink, paper }: { ink: string; paper: string },
): void {
  context.font = '600 13px system-ui, sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  const taken: { left: number; right: number; top: number; bottom: number }[] = []
  for (const { text, ...place } of labels) {
    const at = toScreen(camera, screen, place)
    const half = context.measureText(text).width / 2 + 4
    // A name whose cluster is in view is written where all of it can be read.
    const inView = at.x > 0 && at.x < screen.width && screen.width > 2 * half
    const x = inView ? Math.min(screen.width - half, Math.max(half, at.x)) : at.x
    const { y } = at
    const box = { left: x - half, right: x + half, top: y - 11, bottom: y + 11 }
    const inside = box.right > 0 && box.left < screen.width && box.bottom > 0 && box.top < screen.height
    const free = taken.every(
      (one) => box.left > one.right || box.right < one.left || box.top > one.bottom || box.bottom < one.top,
    )
    if (!inside || !free) continue
    taken.push(box)
    context.lineWidth = 4
    context.strokeStyle = paper
    context.strokeText(text, x, y)
    context.fillStyle = ink
    context.fillText(text, x, y)
  }
}

function drawMark(context: CanvasRenderingContext2D, { x, y }: { x: number; y: number }, colour: string): void {
  context.lineWidth = 3
  context.strokeStyle = colour
  context.beginPath()
  context.arc(x, y, 9, 0, 2 * Math.PI)
  context.stroke()
}
