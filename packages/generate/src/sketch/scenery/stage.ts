import { type Colour, mix } from '../colour.ts'
import type { Light } from '../light.ts'
import type { Random } from '../random.ts'
import { blob, poly, type Shape } from '../shape.ts'

/** The frame that a scenery is drawn into; the short side measures 200 units, y grows downwards. */
export interface Stage {
  readonly width: number
  readonly height: number
  /** Height of the horizon. */
  readonly horizon: number
  readonly light: Light
  readonly random: Random
}

/** What a setting puts behind and before the subject. */
export interface Scenery {
  /** Takes the place of the usual sky. */
  readonly sky?: readonly Shape[]
  readonly back: readonly Shape[]
  readonly front?: readonly Shape[]
  /** Where standing subjects have their feet; default: near the lower edge. */
  readonly ground?: number
  /** Height of the water that swimming subjects lie in. */
  readonly water?: number
  /** True where everything floats: under water, in space. */
  readonly weightless?: boolean
}

/** How a setting is drawn. */
export type SettingPainter = (stage: Stage) => Scenery

/** A colour as it looks from afar: the farther (0–1), the nearer to the sky's. */
export function afar({ light }: Stage, colour: Colour, distance: number): Colour {
  return mix(colour, light.bottom, distance)
}

/** Land from a crest at height `y` down to the frame's lower edge. */
export function land(
  stage: Stage,
  fill: Colour,
  { y, swell, step, jagged }: { y: number; swell: number; step: number; jagged?: boolean },
): Shape {
  const { width, height, random } = stage
  const points: number[] = []
  for (let x = -step; x <= width + step; x += step * random.between(0.7, 1.3)) points.push(x, y - random.next() * swell)
  if (jagged) return poly(fill, [-step, height + 20, ...points, width + step * 2, y, width + step, height + 20])
  return blob(fill, [-40, height + 60, -60, y, ...points, width + 60, y, width + 40, height + 60])
}

/** Copies of something scattered in a band, the farther ones first; `draw` gets x, y and 0 (far) to 1 (near). */
export function scattered(
  { width, random }: Stage,
  { count, from, to }: { count: number; from: number; to: number },
  draw: (x: number, y: number, near: number) => readonly Shape[],
): Shape[] {
  const places = Array.from({ length: count }, () => [random.next() * width, random.next()] as const)
  places.sort((a, b) => a[1] - b[1])
  return places.flatMap(([x, near]) => [...draw(x, from + (to - from) * near, near)])
}
