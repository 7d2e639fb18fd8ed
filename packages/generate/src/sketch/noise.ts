import { type Random, randomFor } from './random.ts'

const SIDE = 256
const MASK = SIDE - 1

/** A field of values 0–1 that repeats every 256 pixels. */
export type Field = Float32Array

const fields = new Map<string, Field>()

/** Paper grain: independent values, slightly smoothed. */
export function grain(): Field {
  return cached('grain', (random) => {
    const raw = white(random)
    return raw.map(
      (value, at) =>
        (value * 2 + (raw[(at + 1) & (SIDE * SIDE - 1)] as number) + (raw[(at + SIDE) & (SIDE * SIDE - 1)] as number)) /
        4,
    )
  })
}

/** Soft patches: five octaves of value noise, the largest 64 pixels wide. */
export function clouds(): Field {
  return cached('clouds', (random) => {
    const sum = new Float32Array(SIDE * SIDE)
    let weight = 0.5
    for (let cell = 64; cell >= 4; cell /= 2, weight /= 2) {
      const lattice = white(random)
      for (let at = 0; at < sum.length; at++)
        sum[at] = (sum[at] as number) + weight * latticeAt(lattice, at & MASK, at >> 8, cell)
    }
    return stretched(sum)
  })
}

/** Fine fibres, 32 pixels long and one wide, running from lower left to upper right. */
export function strokes(): Field {
  return cached('strokes', (random) => {
    const raw = white(random)
    const sum = new Float32Array(SIDE * SIDE)
    for (let at = 0; at < sum.length; at++) {
      const [x, y] = [at & MASK, at >> 8]
      let total = 0
      for (let along = 0; along < 18; along++)
        total += raw[((y - along) & MASK) * SIDE + ((x + along) & MASK)] as number
      sum[at] = total
    }
    return stretched(sum)
  })
}

/** The field's value at a pixel, shifted by an offset of the picture's own. */
export function at(field: Field, x: number, y: number): number {
  return field[((y | 0) & MASK) * SIDE + ((x | 0) & MASK)] as number
}

function cached(name: string, make: (random: Random) => Field): Field {
  const field = fields.get(name) ?? make(randomFor(`noise:${name}`))
  fields.set(name, field)
  return field
}

function white(random: Random): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, () => random.next())
}

function latticeAt(lattice: Float32Array, x: number, y: number, cell: number): number {
  const cells = SIDE / cell
  const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)]
  const [u, v] = [eased(x / cell - column), eased(y / cell - row)]
  const value = (dx: number, dy: number) => lattice[((row + dy) % cells) * SIDE + ((column + dx) % cells)] as number
  const above = value(0, 0) + (value(1, 0) - value(0, 0)) * u
  const below = value(0, 1) + (value(1, 1) - value(0, 1)) * u
  return above + (below - above) * v
}

function eased(share: number): number {
  return share * share * (3 - 2 * share)
}

function stretched(field: Field): Field {
  const low = field.reduce((a, b) => Math.min(a, b))
  const high = field.reduce((a, b) => Math.max(a, b))
  return field.map((value) => (value - low) / (high - low))
}
