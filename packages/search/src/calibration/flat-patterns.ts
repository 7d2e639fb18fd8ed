import { type Colour, colour, mix, type Pattern, roughField, SIDE, several } from './pattern.ts'

const PAPER: Colour = [250, 249, 245]
const INK: Colour = [40, 40, 46]

/** Stripes of two colours. */
export const stripes: Pattern = (random) => {
  const [a, b, width] = [colour(random), colour(random), 4 + Math.floor(40 * random())]
  return (x) => (Math.floor(x / width) % 2 ? a : b)
}

/** Squares of two colours. */
export const squares: Pattern = (random) => {
  const [a, b, width] = [colour(random), colour(random), 4 + Math.floor(40 * random())]
  return (x, y) => ((Math.floor(x / width) + Math.floor(y / width)) % 2 ? a : b)
}

/** Rings around the middle. */
export const rings: Pattern = (random) => {
  const [a, b, period] = [colour(random), colour(random), 6 + 40 * random()]
  return (x, y) => mix(a, b, 0.5 + 0.5 * Math.sin(Math.hypot(x - SIDE / 2, y - SIDE / 2) / period))
}

/** Black and white squares at random, like a code that is scanned. */
export const code: Pattern = (random) => {
  const cells = several(random, 1024, [0, 1])
  return (x, y) => ((cells[32 * Math.floor(y / 8) + Math.floor(x / 8)] as number) < 0.5 ? INK : PAPER)
}

/** Bars like the lines of a page. */
export const page: Pattern = (random) => {
  const ends = several(random, 22, [60, 240])
  return (x, y) => (y % 12 < 5 && x > 16 && x < (ends[Math.floor(y / 12)] as number) ? INK : PAPER)
}

/** Bars in a grid like figures in a table. */
export const table: Pattern = (random) => {
  const widths = several(random, 72, [6, 40])
  return (x, y) => {
    if (x % 50 === 0 || y % 22 === 0) return [180, 180, 180]
    const width = widths[Math.floor(x / 50) + 6 * Math.floor(y / 22)] ?? 0
    return x % 50 > 5 && x % 50 < 5 + width && y % 22 > 8 && y % 22 < 14 ? INK : PAPER
  }
}

/** A column for each of eight numbers, over an axis. */
export const columns: Pattern = (random) => {
  const [ink, heights] = [colour(random), several(random, 8, [40, 210])]
  return (x, y) => {
    if (x === 18 || y === 237) return INK
    const height = x > 20 && (x - 20) % 29 < 20 ? (heights[Math.floor((x - 20) / 29)] ?? 0) : 0
    return y < 236 && y > 236 - height ? ink : PAPER
  }
}

/** A disc in sectors. */
export const sectors: Pattern = (random) => {
  const cuts = several(random, 5, [0, 1])
  const colours = Array.from({ length: 6 }, () => colour(random))
  return (x, y) => {
    if (Math.hypot(x - 128, y - 128) > 95) return PAPER
    const turn = (Math.atan2(y - 128, x - 128) / Math.PI + 1) / 2
    return colours[cuts.filter((cut) => cut < turn).length] as Colour
  }
}

/** A title bar, a side bar and lines of text. */
export const screen: Pattern = (random) => {
  const [bar, widths] = [colour(random), several(random, 15, [60, 170])]
  return (x, y) => {
    if (y < 22) return bar
    if (x < 56) return [232, 234, 238]
    return y % 18 > 6 && y % 18 < 12 && x > 68 && x < 68 + (widths[Math.floor(y / 18)] ?? 0) ? [90, 95, 100] : PAPER
  }
}

/** Two to five discs and boxes on a ground. */
export const fewShapes: Pattern = (random) => {
  const ground = colour(random)
  const shapes = Array.from({ length: 2 + Math.floor(4 * random()) }, () => shape(random, 20 + 60 * random()))
  const top = uppermost(shapes)
  return (x, y) => top(x, y)?.ink ?? ground
}

/** Triangles of any form, one over the other. */
export const triangles: Pattern = (random) => {
  const ground = colour(random)
  const made = Array.from({ length: 12 }, () => ({ at: several(random, 6, [-50, 306]), ink: colour(random) }))
  return (x, y) => made.find(({ at }) => inTriangle(at, x, y))?.ink ?? ground
}

/** Each pixel in the colour of the nearest of forty points. */
export const mosaic: Pattern = (random) => {
  const tiles = Array.from({ length: 40 }, () => shape(random, 0))
  return (x, y) => {
    const far = (one: Shape) => (x - one.x) ** 2 + (y - one.y) ** 2
    return tiles.reduce((near, one) => (far(one) < far(near) ? one : near)).ink
  }
}

/** Lines of equal height, as on a map. */
export const contours: Pattern = (random) => {
  const [ink, height] = [colour(random), roughField(random, { octaves: 3 })]
  return (x, y) => ((height(x, y) * 14) % 1 < 0.12 ? ink : PAPER)
}

/** One line that wanders about. */
export const scribble: Pattern = (random) => {
  const ink = colour(random)
  const drawn = new Uint8Array(SIDE * SIDE)
  let [x, y, heading] = [SIDE / 2, SIDE / 2, 0]
  for (let step = 0; step < 700; step++) {
    heading += 1.2 * (random() - 0.5)
    x = (x + 3 * Math.cos(heading) + SIDE) % SIDE
    y = (y + 3 * Math.sin(heading) + SIDE) % SIDE
    for (let dot = 0; dot < 25; dot++) {
      const [column, row] = [Math.floor(x + (dot % 5) - 2), Math.floor(y + Math.floor(dot / 5) - 2)]
      if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) drawn[row * SIDE + column] = 1
    }
  }
  return (column, row) => (drawn[row * SIDE + column] ? ink : PAPER)
}

/** A disc or a box. */
export interface Shape {
  readonly x: number
  readonly y: number
  /** Half of its width. */
  readonly reach: number
  readonly round: boolean
  readonly ink: Colour
}

/** A disc or a box anywhere. */
export function shape(random: () => number, reach: number): Shape {
  const [x = 0, y = 0] = several(random, 2, [-0.1 * SIDE, 1.1 * SIDE])
  return { x, y, reach, round: random() < 0.5, ink: colour(random) }
}

/** The shape that is seen at each pixel, the first of all that cover it; undefined where none does. */
export function uppermost(shapes: readonly Shape[]): (x: number, y: number) => Shape | undefined {
  const seen = new Uint16Array(SIDE * SIDE)
  for (let at = shapes.length - 1; at >= 0; at--) {
    const one = shapes[at] as Shape
    const [top, bottom] = bounds(one.y, one.reach)
    const [left, right] = bounds(one.x, one.reach)
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) if (holds(one, column, row)) seen[row * SIDE + column] = at + 1
    }
  }
  return (x, y) => shapes[(seen[y * SIDE + x] as number) - 1]
}

function bounds(centre: number, reach: number): [number, number] {
  return [Math.max(0, Math.floor(centre - reach)), Math.min(SIDE - 1, Math.ceil(centre + reach))]
}

function holds({ x, y, reach, round }: Shape, column: number, row: number): boolean {
  const [across, down] = [Math.abs(column - x), Math.abs(row - y)]
  return round ? across * across + down * down < reach * reach : across < reach && down < reach
}

function inTriangle(corners: readonly number[], x: number, y: number): boolean {
  const side = (at: number) => {
    const [ax, ay] = [corners[2 * at] as number, corners[2 * at + 1] as number]
    const [bx, by] = [corners[(2 * at + 2) % 6] as number, corners[(2 * at + 3) % 6] as number]
    return Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax))
  }
  return side(0) === side(1) && side(1) === side(2)
}
