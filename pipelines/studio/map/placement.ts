import { kmeans } from 'ml-kmeans'

/** Neighbours that say where a point comes to lie. */
const NEIGHBOURS = 5
/** Cells that are looked through for them; nearest first. */
const PROBED = 3

/** Points that have a place on the map already. */
export interface Placed {
  /** count × dimension values, row after row. */
  readonly vectors: Float32Array
  readonly dimension: number
  /** count × 2. */
  readonly places: Float32Array
}

/**
 * Places further points among those that have a place: at the mean of their nearest neighbours' places, the nearer
 * ones counting more. Neighbours are looked for in the nearest of √n cells alone, so that the work grows with √n for
 * each point.
 * @param further m × dimension values
 * @returns m × 2 values
 */
export function placeAmong({ vectors, dimension, places }: Placed, further: Float32Array): Float32Array {
  const count = vectors.length / dimension
  const cells = cellsOf(vectors, dimension, Math.max(1, Math.round(Math.sqrt(count))))
  const centres = Float32Array.from(cells.flatMap(({ centre }) => [...centre]))
  const placed = new Float32Array((further.length / dimension) * 2)
  for (let row = 0; row < further.length / dimension; row++) {
    const between = (of: Float32Array, at: number) =>
      squared(further, row * dimension, of, { at: at * dimension, dimension })
    const probed = nearestOf(PROBED, cells.keys(), (cell) => between(centres, cell))
    const members = probed.flatMap(({ at }) => cells[at]?.members ?? [])
    placed.set(
      weightedPlace(
        nearestOf(NEIGHBOURS, members, (at) => between(vectors, at)),
        places,
      ),
      row * 2,
    )
  }
  return placed
}

interface Near {
  readonly at: number
  readonly distance: number
}

/** The few nearest of many, nearest first. */
function nearestOf(few: number, many: Iterable<number>, distanceOf: (at: number) => number): Near[] {
  const nearest: Near[] = []
  for (const at of many) {
    const distance = distanceOf(at)
    if (nearest.length === few && distance >= (nearest[few - 1] as Near).distance) continue
    if (nearest.length === few) nearest.pop()
    let place = nearest.length
    while (place > 0 && (nearest[place - 1] as Near).distance > distance) place--
    nearest.splice(place, 0, { at, distance })
  }
  return nearest
}

function weightedPlace(nearest: readonly Near[], places: Float32Array): [number, number] {
  let [x, y, sum] = [0, 0, 0]
  for (const { at, distance } of nearest) {
    const weight = 1 / (Math.sqrt(distance) + 1e-6)
    x += weight * (places[at * 2] as number)
    y += weight * (places[at * 2 + 1] as number)
    sum += weight
  }
  return sum > 0 ? [x / sum, y / sum] : [0, 0]
}

interface Cell {
  readonly centre: Float32Array
  readonly members: readonly number[]
}

/** Cells around `wanted` centres, found on a part of the vectors; each vector belongs to the nearest. */
function cellsOf(vectors: Float32Array, dimension: number, wanted: number): Cell[] {
  const count = vectors.length / dimension
  const step = Math.max(1, Math.floor(count / (wanted * 20)))
  const sample = Array.from({ length: Math.ceil(count / step) }, (_, at) =>
    Array.from(vectors.subarray(at * step * dimension, (at * step + 1) * dimension)),
  )
  const { centroids } = kmeans(sample, Math.min(wanted, sample.length), {
    initialization: 'random',
    seed: 1,
    maxIterations: 8,
  })
  const cells = centroids.map((centre) => ({ centre: Float32Array.from(centre), members: [] as number[] }))
  for (let at = 0; at < count; at++) {
    const distanceOf = (cell: number) =>
      squared(vectors, at * dimension, (cells[cell] as Cell).centre, { at: 0, dimension })
    const [nearest] = nearestOf(1, cells.keys(), distanceOf)
    if (nearest) cells[nearest.at]?.members.push(at)
  }
  return cells
}

/** The squared distance of two rows of flat arrays, by where they begin. */
function squared(
  a: Float32Array,
  start: number,
  b: Float32Array,
  { at, dimension }: { readonly at: number; readonly dimension: number },
): number {
  let sum = 0
  for (let offset = 0; offset < dimension; offset++) {
    const difference = (a[start + offset] as number) - (b[at + offset] as number)
    sum += difference * difference
  }
  return sum
}
