import type { ReadyMap } from '../api/map.ts'
import type { MapPoints } from '../api/map-points.ts'

/** What the points are coloured by. */
export type ColouredBy = 'cluster' | 'source' | 'size'

/** A colour: red, green, blue, each from 0 to 255. */
export type Rgb = readonly [number, number, number]

/** One entry of the legend; its place is the number that its points carry. */
export interface LegendEntry {
  readonly label: string
  readonly colour: Rgb
  readonly points: number
}

/** The legend, and each point's place in it. */
export interface Colouring {
  readonly legend: readonly LegendEntry[]
  readonly of: Uint16Array
}

/** Longer sides in pixels, each up to and including. */
const SIZES = [256, 512, 768, 1024, 2048, Number.POSITIVE_INFINITY]

/** Colours the points of a map. */
export function colouring(by: ColouredBy, map: ReadyMap, points: MapPoints): Colouring {
  if (by === 'size') return bySize(points)
  const labels =
    by === 'cluster'
      ? map.clusters.map(({ words }, at) => words.join(', ') || `cluster ${at + 1}`)
      : map.sources.map((source) => source || 'unknown')
  const of = by === 'cluster' ? points.cluster : points.source
  const counts = countsOf(of, labels.length)
  return { of, legend: labels.map((label, at) => ({ label, colour: distinct(at), points: counts[at] as number })) }
}

function bySize({ width, height }: MapPoints): Colouring {
  const of = Uint16Array.from(width, (side, at) => {
    const longer = Math.max(side, height[at] as number)
    return longer === 0 ? 0 : 1 + SIZES.findIndex((most) => longer <= most)
  })
  const labels = ['unknown', ...SIZES.map((most, at) => sizeText(SIZES[at - 1], most))]
  const counts = countsOf(of, labels.length)
  const legend = labels.map((label, at) => ({ label, colour: ramp(at, SIZES.length), points: counts[at] as number }))
  return { of, legend }
}

function sizeText(above: number | undefined, most: number): string {
  if (above === undefined) return `up to ${most} pixels`
  return Number.isFinite(most) ? `${above + 1} to ${most} pixels` : `over ${above} pixels`
}

function countsOf(of: Uint16Array, length: number): number[] {
  const counts = new Array<number>(length).fill(0)
  for (const at of of) counts[at] = (counts[at] ?? 0) + 1
  return counts
}

/** Hues a golden angle apart, so that neighbours in the list look different; readable on light and on dark. */
function distinct(at: number): Rgb {
  return rgb(
    (at * 137.508 + 232) % 360,
    [0.62, 0.48, 0.72][at % 3] as number,
    [0.6, 0.54, 0.66][(at >> 1) % 3] as number,
  )
}

/** From blue for small to orange for large; grey for what is not known. */
function ramp(at: number, steps: number): Rgb {
  return at === 0 ? [140, 135, 128] : rgb(235 - (205 * (at - 1)) / (steps - 1), 0.6, 0.55)
}

/** A colour by hue (degrees), saturation and lightness, as CSS defines them. */
function rgb(hue: number, saturation: number, lightness: number): Rgb {
  const part = (offset: number) => {
    const at = (offset + hue / 30) % 12
    const reach = saturation * Math.min(lightness, 1 - lightness)
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(at - 3, 9 - at, 1))))
  }
  return [part(0), part(8), part(4)]
}

/** A colour as CSS writes it. */
export function cssOf([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`
}
