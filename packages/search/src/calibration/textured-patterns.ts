import { type Shape, shape, uppermost } from './flat-patterns.ts'
import { type Colour, colour, mix, type Paint, type Pattern, roughField, SIDE, several, shaded } from './pattern.ts'

/** A colour of its own for each pixel. */
export const noise: Pattern = (random) => () => colour(random)

/** From one colour to another, corner to corner. */
export const gradient: Pattern = (random) => {
  const [a, b] = [colour(random), colour(random)]
  return (x, y) => mix(a, b, (x + y) / (2 * SIDE))
}

/** One colour with grain. */
export const grain: Pattern = (random) => {
  const [base, coarse] = [colour(random), 20 + 60 * random()]
  return () => base.map((value) => value + coarse * (random() - 0.5)) as unknown as Colour
}

/** Two colours like bark or cloud. */
export const cloud: Pattern = (random) => {
  const [a, b, field] = [colour(random), colour(random), roughField(random)]
  return (x, y) => mix(a, b, Math.max(0, Math.min(1, 2.2 * field(x, y) - 0.6)))
}

/** The same in each of the three channels by itself. */
export const colouredCloud: Pattern = (random) => {
  const channels = [roughField(random), roughField(random), roughField(random)]
  return (x, y) => channels.map((field) => 255 * (2 * field(x, y) - 0.5)) as unknown as Colour
}

/** Veins like marble's. */
export const marble: Pattern = (random) => {
  const [a, b, field, width] = [colour(random), colour(random), roughField(random), 8 + 20 * random()]
  return (x, y) => mix(a, b, 0.5 + 0.5 * Math.sin(x / width + 20 * field(x, y)))
}

/** A slanting wave that fades from the middle. */
export const wave: Pattern = (random) => {
  const [a, b, angle, length] = [colour(random), colour(random), Math.PI * random(), 6 + 30 * random()]
  return (x, y) => {
    const along = x * Math.cos(angle) + y * Math.sin(angle)
    const fading = Math.exp(-((x - 128) ** 2 + (y - 128) ** 2) / 9_000)
    return mix(a, b, 0.5 + 0.5 * Math.sin((2 * Math.PI * along) / length) * fading)
  }
}

/** Bands that cross, as of woven cloth. */
export const cloth: Pattern = (random) => {
  const [a, b, width] = [colour(random), colour(random), 4 + Math.floor(10 * random())]
  const [across, down] = [several(random, 16, [0, 0.5]), several(random, 16, [0, 0.5])]
  const band = (bands: readonly number[], at: number) => bands[Math.floor(at / width) % 16] as number
  return (x, y) => mix(a, b, band(across, x) + band(down, y))
}

/** Blots of colour without an edge. */
export const blots: Pattern = (random) => {
  const ground = colour(random)
  const made = Array.from({ length: 7 }, () => shape(random, 30 + 70 * random()))
  return (x, y) =>
    made.reduce<Colour>((below, one) => {
      const far = ((x - one.x) ** 2 + (y - one.y) ** 2) / one.reach ** 2
      return mix(below, one.ink, Math.exp(-far))
    }, ground)
}

/** A Julia set: fine detail everywhere, of nothing. */
export const fractal: Pattern = (random) => {
  const [real = 0, imaginary = 0] = [-0.8 + 0.5 * random(), 0.1 + 0.6 * random()]
  const colours = Array.from({ length: 4 }, () => colour(random))
  return (column, row) => {
    let [x, y, step] = [(column / SIDE - 0.5) * 3, (row / SIDE - 0.5) * 3, 0]
    for (; step < 40 && x * x + y * y < 4; step++) [x, y] = [x * x - y * y + real, 2 * x * y + imaginary]
    return mix(colours[step % 3] as Colour, colours[3] as Colour, step / 40)
  }
}

/** A bright field above a rough one, like land under a sky. */
export const horizon: Pattern = (random) => {
  const [above, below, level] = [colour(random), colour(random), 80 + 100 * random()]
  const [hills, soil] = [roughField(random), roughField(random, { cells: 12, octaves: 4, roughness: 0.7 })]
  return (x, y) => {
    const edge = level + 50 * (hills(x, 10) - 0.5)
    if (y > edge) return shaded(below, 0.5 + soil(x, y))
    return mix(above, [255, 255, 255], (0.6 * y) / edge + 0.4 * hills(x, y))
  }
}

/**
 * Things of all sizes that hide one another, few large and many small, as in photographs: the dead leaves model, whose
 * statistics are those of natural pictures (Lee, Mumford and Huang, IJCV 2001).
 */
export const leaves: Pattern = (random) => covering(random, true)

/** The same with boxes, like a town. */
export const boxes: Pattern = (random) => covering(random, false)

/** The same with a surface. */
export const roughLeaves: Pattern = (random) => {
  const [flat, surface] = [covering(random, true), roughField(random, { cells: 8, octaves: 4, roughness: 0.7 })]
  return (x, y) => shaded(flat(x, y), 0.5 + surface(x, y))
}

function covering(random: () => number, round: boolean): Paint {
  const ground = colour(random)
  const made = Array.from({ length: 260 }, (): Shape => {
    const reach = 5 / Math.max(0.06, Math.sqrt(random()))
    return { ...shape(random, reach), round }
  })
  const top = uppermost(made)
  return (x, y) => top(x, y)?.ink ?? ground
}
