import sharp from 'sharp'
import { seededRandom } from './random.ts'

/** Pixels of a picture's side: what a model looks at is smaller still. */
export const SIDE = 256

/** Red, green and blue, 0 to 255; values beyond are cut. */
export type Colour = readonly [number, number, number]
/** The colour of each pixel. */
export type Paint = (x: number, y: number) => Colour
/** Draws one picture of a kind. */
export type Pattern = (random: () => number) => Paint
/** A value from 0 to 1 at each pixel. */
export type Field = (x: number, y: number) => number

/** Pictures of the given patterns, each in turn, as PNG; the same seed, the same pictures. */
export async function patternPictures(
  patterns: readonly Pattern[],
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<Uint8Array[]> {
  const random = seededRandom(seed)
  const pictures: Uint8Array[] = []
  for (let at = 0; at < count; at++) {
    const pattern = patterns[at % patterns.length] as Pattern
    pictures.push(await png(pattern(random)))
  }
  return pictures
}

function png(paint: Paint): Promise<Uint8Array> {
  const pixels = Buffer.alloc(3 * SIDE * SIDE)
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const rgb = paint(x, y)
      for (let channel = 0; channel < 3; channel++) {
        pixels[3 * (y * SIDE + x) + channel] = Math.max(0, Math.min(255, rgb[channel] as number))
      }
    }
  }
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer()
}

/** Any colour. */
export function colour(random: () => number): Colour {
  return [255 * random(), 255 * random(), 255 * random()]
}

/** The first colour at 0, the second at 1, between them in proportion. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return [0, 1, 2].map((at) => (a[at] as number) * (1 - share) + (b[at] as number) * share) as unknown as Colour
}

/** A colour made darker or lighter. */
export function shaded(base: Colour, light: number): Colour {
  return base.map((value) => value * light) as unknown as Colour
}

/** So many random numbers as are asked for, each from `least` to `most`. */
export function several(random: () => number, count: number, [least, most]: readonly [number, number]): number[] {
  return Array.from({ length: count }, () => least + (most - least) * random())
}

/**
 * A field that is rough at every scale, as bark, clouds and hills are: smoothed random lattices, each twice as fine as
 * the one before and counting `roughness` times as much.
 */
export function roughField(
  random: () => number,
  { cells = 2, octaves = 6, roughness = 0.5 }: { cells?: number; octaves?: number; roughness?: number } = {},
): Field {
  const layers = Array.from({ length: octaves }, (_, at) => ({
    field: smoothField(random, cells * 2 ** at),
    weight: roughness ** at,
  }))
  const whole = layers.reduce((sum, { weight }) => sum + weight, 0)
  return (x, y) => layers.reduce((sum, { field, weight }) => sum + weight * field(x, y), 0) / whole
}

function smoothField(random: () => number, cells: number): Field {
  const width = cells + 2
  const lattice = several(random, width * width, [0, 1])
  const at = (column: number, row: number) => lattice[row * width + column] as number
  const ease = (part: number) => part * part * (3 - 2 * part)
  return (x, y) => {
    const [across, down] = [(x * cells) / SIDE, (y * cells) / SIDE]
    const [column, row] = [Math.floor(across), Math.floor(down)]
    const [right, below] = [ease(across - column), ease(down - row)]
    const upper = at(column, row) * (1 - right) + at(column + 1, row) * right
    const lower = at(column, row + 1) * (1 - right) + at(column + 1, row + 1) * right
    return upper * (1 - below) + lower * below
  }
}
