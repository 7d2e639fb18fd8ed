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
  const placed = new Float32Array((further.length / dimension) * 2)
  for (let row = 0; row < further.length / dimension; row++) {
    const point = further.subarray(row * dimension, (row + 1) * dimension)
    const probed = cells
      .map((cell) => ({ cell, distance: squared(point, cell.centre) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, PROBED)
    const nearest: { at: number; distance: number }[] = []
    for (const { cell } of probed) {
      for (const at of cell.members) {
        const distance = squared(point, vectors.subarray(at * dimension, (at + 1) * dimension))
        if (nearest.length === NEIGHBOURS && distance >= (nearest.at(-1)?.distance ?? 0)) continue
        nearest.push({ at, distance })
        nearest.sort((a, b) => a.distance - b.distance)
        nearest.length = Math.min(nearest.length, NEIGHBOURS)
      }
    }
    placed.set(weightedPlace(nearest, places), row * 2)
  }
  return placed
}

function weightedPlace(nearest: readonly { at: number; distance: number }[], places: Float32Array): [number, number] {
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
  const rows = Array.from({ length: count }, (_, row) => vectors.subarray(row * dimension, (row + 1) * dimension))
  const step = Math.max(1, Math.floor(count / (wanted * 20)))
  const sample = rows.filter((_, row) => row % step === 0).map((row) => Array.from(row))
  const { centroids } = kmeans(sample, Math.min(wanted, sample.length), {
    initialization: 'random',
    seed: 1,
    maxIterations: 8,
  })
  const cells = centroids.map((centre) => ({ centre: Float32Array.from(centre), members: [] as number[] }))
  rows.forEach((row, at) => {
    let best = cells[0]
    let least = Number.POSITIVE_INFINITY
    for (const cell of cells) {
      const distance = squared(row, cell.centre)
      if (distance < least) [best, least] = [cell, distance]
    }
    best?.members.push(at)
  })
  return cells
}

function squared(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) {
    const difference = (a[at] as number) - (b[at] as number)
    sum += difference * difference
  }
  return sum
}
