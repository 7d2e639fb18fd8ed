import { type Camera, moved, type Place, pixelsOf, type Screen, WHOLE, zoomed } from './map-camera.ts'
import type { PointGrid } from './point-grid.ts'

interface KeyParts {
  readonly scene: {
    readonly current: { readonly camera: Camera; readonly screen: Screen; readonly marked: number | undefined }
  }
  readonly look: (camera: Camera) => void
  readonly mark: (point: number | undefined, at?: Place) => void
  readonly grid: PointGrid
  readonly onOpen: (point: number) => void
}

/** The part of the screen that an arrow key moves by. */
const STEP = 0.12
/** The part of the shorter side within which the middle's picture is looked for. */
const AIM = 0.2

/** Keys that move the map, and mark the picture in the middle; for the element that has the focus. */
export function useMapKeys({ scene, look, mark, grid, onOpen }: KeyParts) {
  const aim = (camera: Camera) => {
    const { screen } = scene.current
    const reach = (AIM * Math.min(screen.width, screen.height)) / pixelsOf(camera, screen)
    mark(grid.nearest(camera.x, camera.y, reach))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { camera, screen, marked } = scene.current
    if (event.key === 'Enter') {
      if (marked !== undefined) onOpen(marked)
      return
    }
    const next = cameraAfter(event.key, camera, screen)
    if (!next) return
    event.preventDefault()
    look(next)
    aim(next)
  }
  return { onKeyDown, onBlur: () => mark(undefined) }
}

/** Where a key leads; undefined where it leads nowhere. */
export function cameraAfter(key: string, camera: Camera, screen: Screen): Camera | undefined {
  const middle = { x: screen.width / 2, y: screen.height / 2 }
  const [x, y] = [STEP * screen.width, STEP * screen.height]
  switch (key) {
    case 'ArrowLeft':
      return moved(camera, screen, { x, y: 0 })
    case 'ArrowRight':
      return moved(camera, screen, { x: -x, y: 0 })
    case 'ArrowUp':
      return moved(camera, screen, { x: 0, y })
    case 'ArrowDown':
      return moved(camera, screen, { x: 0, y: -y })
    case '+':
    case '=':
      return zoomed(camera, screen, { at: middle, factor: 1.5 })
    case '-':
    case '_':
      return zoomed(camera, screen, { at: middle, factor: 1 / 1.5 })
    case '0':
    case 'Home':
      return WHOLE
    default:
      return undefined
  }
}
