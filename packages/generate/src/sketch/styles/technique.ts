import type { Drawing } from '../drawing.ts'
import type { Random } from '../random.ts'
import { type Raster, rasterOf } from '../raster.ts'
import type { Shape } from '../shape.ts'
import { document, elements, type Look } from '../svg.ts'

/** Turns the drawing into pixels in one style. */
export type Technique = (drawing: Drawing, random: Random) => Promise<Raster>

/** All shapes, back to front. */
export function everything({ sky, back, subject, front }: Drawing): Shape[] {
  return [...sky, ...back, ...subject, ...front]
}

/** The drawing with every shape painted as `look` says. */
export function painted(drawing: Drawing, look: (shape: Shape, index: number) => Look | undefined): Promise<Raster> {
  return rasterOf(document(drawing.width, drawing.height, elements(everything(drawing), look)))
}

/** The drawing in its own colours: what sampling styles start from. */
export function model(drawing: Drawing): Promise<Raster> {
  return painted(drawing, () => ({}))
}
