import type { Style } from '../vocabulary.ts'
import { oil, pointillism, watercolour } from './brush.ts'
import { crossStitch, glass, lowPoly, mosaic, pixel } from './cells.ts'
import { blueprint, chalk, ink, linocut, neon, pencil } from './line.ts'
import { clay, comic, illustration, paperCut, photo, poster } from './print.ts'
import type { Technique } from './technique.ts'

/** Every style of the vocabulary, by name. */
export const TECHNIQUES: Readonly<Record<Style, Technique>> = {
  watercolour,
  oil,
  pixel,
  neon,
  'low-poly': lowPoly,
  ink,
  pencil,
  poster,
  glass,
  comic,
  pointillism,
  'paper cut': paperCut,
  blueprint,
  chalk,
  mosaic,
  linocut,
  'cross stitch': crossStitch,
  photo,
  clay,
  illustration,
}
