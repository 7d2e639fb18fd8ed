import * as flat from './flat-patterns.ts'
import { type Pattern, patternPictures } from './pattern.ts'
import * as textured from './textured-patterns.ts'

/**
 * Pictures that show nothing, of very different kinds: a cut-off holds against what it was not set by only where it was
 * set by much. Every second kind sets it, and the others say what it is worth: both halves hold flat drawings, pages,
 * textures and what resembles a photograph.
 */
const PATTERNS: readonly Pattern[] = [
  ...[textured.noise, textured.grain],
  ...[textured.cloud, textured.gradient],
  ...[flat.stripes, flat.squares],
  ...[textured.roughLeaves, textured.leaves],
  ...[flat.rings, textured.wave],
  ...[flat.page, flat.table],
  ...[flat.code, textured.cloth],
  ...[textured.marble, textured.colouredCloud],
  ...[textured.boxes, flat.mosaic],
  ...[flat.columns, flat.screen],
  ...[flat.sectors, flat.fewShapes],
  ...[textured.horizon, textured.blots],
  ...[flat.contours, flat.scribble],
  ...[flat.triangles, textured.fractal],
]

/** Pictures of each kind that a calibration asks with. */
const PICTURES_A_KIND = 6

/** Pictures that no collection has anything like, as PNG; always the same ones, each kind in turn. */
export function unrelatedPictures(count = PICTURES_A_KIND * PATTERNS.length): Promise<Uint8Array[]> {
  return patternPictures(PATTERNS, { count, seed: 7 })
}
