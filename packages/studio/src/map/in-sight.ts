import type { MapPoints } from '../api/map-points.ts'
import { type Camera, pixelsOf, type Screen } from './map-camera.ts'

/** Whether any point of the map is on the screen. */
export function anyInSight({ x, y }: Pick<MapPoints, 'x' | 'y'>, camera: Camera, screen: Screen): boolean {
  const pixels = pixelsOf(camera, screen)
  const [aside, above] = [screen.width / 2 / pixels, screen.height / 2 / pixels]
  return x.some((at, point) => Math.abs(at - camera.x) <= aside && Math.abs((y[point] as number) - camera.y) <= above)
}
