import sharp from 'sharp'
import { seededRandom } from './random.ts'

/** Pixels of a picture's side: what a model looks at is smaller still. */
export const SIDE = 256

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number]
type Paint = (x: number, y: number) => Colour
/** Draws one picture of a kind: red, green and blue, 0 to 255, of each pixel. */
export type Pattern = (random: () => number) => Paint

/** Pictures that show nothing: noise, flat and shaded colour, stripes, squares, scribbles, bars like a page of text. */
const PATTERNS: readonly Pattern[] = [
  (random) => () => colour(random),
  (random) => {
    const [a, b] = [colour(random), colour(random)]
    return (x, y) => mix(a, b, (x + y) / (2 * SIDE))
  },
  (random) => {
    const [a, b, width] = [colour(random), colour(random), 4 + Math.floor(40 * random())]
    return (x) => (Math.floor(x / width) % 2 ? a : b)
  },
  (random) => {
    const [a, b, width] = [colour(random), colour(random), 4 + Math.floor(40 * random())]
    return (x, y) => ((Math.floor(x / width) + Math.floor(y / width)) % 2 ? a : b)
  },
  (random) => {
    const [a, b, period] = [colour(random), colour(random), 6 + 40 * random()]
    return (x, y) => mix(a, b, 0.5 + 0.5 * Math.sin(Math.hypot(x - SIDE / 2, y - SIDE / 2) / period))
  },
  (random) => {
    const cells = Array.from({ length: 1024 }, () => random() < 0.5)
    return (x, y) => (cells[(32 * Math.floor(y / 8) + Math.floor(x / 8)) % 1024] ? [20, 20, 20] : [250, 250, 250])
  },
  (random) => {
    const ends = Array.from({ length: 20 }, () => 60 + 180 * random())
    return (x, y) => (y % 12 < 5 && x > 16 && x < (ends[Math.floor(y / 13)] ?? 0) ? [40, 40, 40] : [252, 252, 248])
  },
  (random) => {
    const [a, grain] = [colour(random), 20 + 60 * random()]
    return () => a.map((value) => value + grain * (random() - 0.5)) as unknown as Colour
  },
]

/** Pictures that no collection has anything like, as PNG; always the same ones, each pattern in turn. */
export function unrelatedPictures(count: number): Promise<Uint8Array[]> {
  return patternPictures(PATTERNS, { count, seed: 7 })
}

/** Pictures of the given patterns, two of each in turn, as PNG; the same seed, the same pictures. */
export async function patternPictures(
  patterns: readonly Pattern[],
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<Uint8Array[]> {
  const random = seededRandom(seed)
  const pictures: Uint8Array[] = []
  for (let at = 0; at < count; at++) {
    // Two of each pattern, so that every second one is a fair half of all.
    const paint = (patterns[Math.floor(at / 2) % patterns.length] as Pattern)(random)
    const pixels = Buffer.alloc(3 * SIDE * SIDE)
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const rgb = paint(x, y)
        for (let channel = 0; channel < 3; channel++) {
          pixels[3 * (y * SIDE + x) + channel] = Math.max(0, Math.min(255, rgb[channel] as number))
        }
      }
    }
    pictures.push(
      await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .png()
        .toBuffer(),
    )
  }
  return pictures
}

/** Any colour. */
export function colour(random: () => number): Colour {
  return [255 * random(), 255 * random(), 255 * random()]
}

/** The first colour at 0, the second at 1, between them in proportion. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return [0, 1, 2].map((at) => (a[at] as number) * (1 - share) + (b[at] as number) * share) as unknown as Colour
}
