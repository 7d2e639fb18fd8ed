import sharp from 'sharp'
import { paint, type Sketch } from './paint.ts'
import type { Raster } from './raster.ts'
import type { Shape } from './shape.ts'
import { document, elements } from './svg.ts'

/** Names under which people sort colours, as {@link hueOf} tells them apart. */
export type Hue =
  | 'white'
  | 'grey'
  | 'black'
  | 'red'
  | 'orange'
  | 'brown'
  | 'yellow'
  | 'green'
  | 'cyan'
  | 'blue'
  | 'violet'
  | 'pink'

/** Upper ends of the hues around the colour wheel, in degrees; what is past the last is red again. */
const WHEEL: readonly (readonly [degrees: number, hue: Hue])[] = [
  [16, 'red'],
  [45, 'orange'],
  [68, 'yellow'],
  [165, 'green'],
  [200, 'cyan'],
  [255, 'blue'],
  [290, 'violet'],
  [340, 'pink'],
  [360, 'red'],
]

/** What one would call the colour; dark reds and oranges are brown. */
export function hueOf(red: number, green: number, blue: number): Hue {
  const [high, low] = [Math.max(red, green, blue), Math.min(red, green, blue)]
  const spread = high - low
  if (spread < 26) return high > 200 ? 'white' : high < 75 ? 'black' : 'grey'
  const sixth =
    high === red
      ? ((green - blue) / spread + 6) % 6
      : high === green
        ? (blue - red) / spread + 2
        : (red - green) / spread + 4
  const hue = WHEEL.find(([end]) => sixth * 60 < end)?.[1] ?? 'red'
  const isDark = (hue === 'red' && high < 130) || (hue === 'orange' && high < 170)
  return isDark ? 'brown' : hue
}

/** A part of a picture, in shares of its width and height. */
export type Region = readonly [left: number, top: number, right: number, bottom: number]

const WHOLE: Region = [0, 0, 1, 1]

/** The pixels of a region, one after the other. */
export function* pixelsOf({ data, width, height }: Raster, region: Region = WHOLE) {
  const [left, top, right, bottom] = region
  for (let y = Math.floor(top * height); y < Math.floor(bottom * height); y++) {
    for (let x = Math.floor(left * width); x < Math.floor(right * width); x++) {
      const at = (y * width + x) * 3
      yield [data[at] as number, data[at + 1] as number, data[at + 2] as number] as const
    }
  }
}

/** Share of the pixels for which something holds, 0–1. */
export function shareOf(
  raster: Raster,
  holds: (red: number, green: number, blue: number) => boolean,
  region: Region = WHOLE,
): number {
  let [found, all] = [0, 0]
  for (const [red, green, blue] of pixelsOf(raster, region)) {
    all++
    if (holds(red, green, blue)) found++
  }
  return found / all
}

/** Mean over all pixels of what `value` makes of one. */
export function meanOf(
  raster: Raster,
  value: (red: number, green: number, blue: number) => number,
  region: Region = WHOLE,
): number {
  let [sum, all] = [0, 0]
  for (const [red, green, blue] of pixelsOf(raster, region)) {
    all++
    sum += value(red, green, blue)
  }
  return sum / all
}

/** Brightness of a colour, 0–255. */
export const lightness = (red: number, green: number, blue: number) => red * 0.299 + green * 0.587 + blue * 0.114

/** How far a colour is from grey, 0–255. */
export const colourfulness = (...rgb: readonly number[]) => Math.max(...rgb) - Math.min(...rgb)

/** How many different colours there are. */
export function coloursOf(raster: Raster): number {
  const found = new Set<number>()
  for (const [red, green, blue] of pixelsOf(raster)) found.add((red << 16) | (green << 8) | blue)
  return found.size
}

/** Mean step of brightness from a pixel to its right and lower neighbours, 0–255: fine texture makes it large. */
export function edgeDensity(raster: Raster): number {
  const grey = Float32Array.from(pixelsOf(raster), ([red, green, blue]) => lightness(red, green, blue))
  const { width, height } = raster
  let sum = 0
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const here = grey[y * width + x] as number
      sum += Math.abs(here - (grey[y * width + x + 1] as number))
      sum += Math.abs(here - (grey[(y + 1) * width + x] as number))
    }
  }
  return sum / (2 * (width - 1) * (height - 1))
}

/** Mean difference of two pictures' channels, 0–255. */
export function difference(one: Raster, other: Raster): number {
  if (one.data.length !== other.data.length) throw new Error('the pictures differ in size')
  return one.data.reduce((sum, value, at) => sum + Math.abs(value - (other.data[at] as number)), 0) / one.data.length
}

/** Hues by their share of a region, the largest first. */
export function huesOf(raster: Raster, region: Region = WHOLE): readonly (readonly [hue: Hue, share: number])[] {
  const found = new Map<Hue, number>()
  let all = 0
  for (const [red, green, blue] of pixelsOf(raster, region)) {
    all++
    const hue = hueOf(red, green, blue)
    found.set(hue, (found.get(hue) ?? 0) + 1)
  }
  return [...found].map(([hue, count]) => [hue, count / all] as const).sort((a, b) => b[1] - a[1])
}

/** Paints and decodes. */
export async function painting(prompt: string, more: Partial<Sketch> = {}): Promise<Raster> {
  const { bytes } = await paint({ prompt, seed: 7, width: 128, height: 128, ...more })
  return decoded(bytes)
}

/** The pixels of an encoded picture. */
export async function decoded(bytes: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`the picture has ${info.channels} channels`)
  return { data, width: info.width, height: info.height }
}

/** Shapes on a transparent square, as pixels with an alpha channel. */
export async function cutOut(shapes: readonly Shape[], side: number) {
  const svg = document(
    side,
    side,
    elements(shapes, () => ({})),
  )
  return sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer()
}

/** The box around shapes' points. */
export function boundsOf(shapes: readonly Shape[]) {
  const xs = shapes.flatMap(({ points }) => points.filter((_, at) => at % 2 === 0))
  const ys = shapes.flatMap(({ points }) => points.filter((_, at) => at % 2 === 1))
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  return { left, right, top, bottom, width: right - left, height: bottom - top }
}
