import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { type Camera, moved, type Place, type Screen, zoomed } from './map-camera.ts'

/** What gestures act on. */
export interface GestureTarget {
  readonly camera: () => Camera
  readonly screen: () => Screen
  /** The camera that a gesture leads to. */
  readonly onCamera: (camera: Camera) => void
  /** The pointer rests somewhere, or, undefined, has left. */
  readonly onHover: (place: Place | undefined) => void
  /** A tap or click that moved nothing. */
  readonly onTap: (place: Place) => void
}

/** CSS pixels within which a press is a tap and no drag. */
const TAP = 6
/** Zoom of a wheel's notch of 100 pixels. */
const NOTCH = 1.25

/** Dragging, wheel, pinch and double click on an element. */
export function useGestures(element: RefObject<HTMLElement | null>, target: RefObject<GestureTarget | null>): void {
  useEffect(() => {
    const node = element.current
    if (!node) return
    const stop = new AbortController()
    const fingers = new Map<number, Place>()
    let travelled = 0
    const acts = () => target.current as GestureTarget
    const placeOf = (event: MouseEvent): Place => {
      const box = node.getBoundingClientRect()
      return { x: event.clientX - box.left, y: event.clientY - box.top }
    }
    const zoomAt = (at: Place, factor: number) =>
      acts().onCamera(zoomed(acts().camera(), acts().screen(), { at, factor }))
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return
      if (fingers.size === 0) travelled = 0
      fingers.set(event.pointerId, placeOf(event))
      node.setPointerCapture(event.pointerId)
    }
    const move = (event: PointerEvent) => {
      const now = placeOf(event)
      const before = fingers.get(event.pointerId)
      if (!before) {
        if (event.pointerType === 'mouse') acts().onHover(now)
        return
      }
      travelled += Math.hypot(now.x - before.x, now.y - before.y)
      const [other] = [...fingers].flatMap(([id, place]) => (id === event.pointerId ? [] : [place]))
      fingers.set(event.pointerId, now)
      if (other) {
        const factor = distance(now, other) / Math.max(1, distance(before, other))
        zoomAt(between(now, other), factor)
        const middle = { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }
        acts().onCamera(moved(acts().camera(), acts().screen(), middle))
      } else if (travelled > TAP) {
        acts().onHover(undefined)
        acts().onCamera(moved(acts().camera(), acts().screen(), { x: now.x - before.x, y: now.y - before.y }))
      }
    }
    const up = (event: PointerEvent) => {
      const had = fingers.delete(event.pointerId)
      if (had && event.type === 'pointerup' && fingers.size === 0 && travelled <= TAP) acts().onTap(placeOf(event))
    }
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const pixels = event.deltaMode === 1 ? event.deltaY * 33 : event.deltaY
      zoomAt(placeOf(event), NOTCH ** (-Math.max(-300, Math.min(300, pixels * (event.ctrlKey ? 4 : 1))) / 100))
    }
    const { signal } = stop
    node.addEventListener('pointerdown', down, { signal })
    node.addEventListener('pointermove', move, { signal })
    node.addEventListener('pointerup', up, { signal })
    node.addEventListener('pointercancel', up, { signal })
    node.addEventListener('pointerleave', () => acts().onHover(undefined), { signal })
    node.addEventListener('wheel', wheel, { signal, passive: false })
    return () => stop.abort()
  }, [])
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

function between(a: Place, b: Place): Place {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}
