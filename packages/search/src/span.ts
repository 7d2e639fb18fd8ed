import { PCA } from 'ml-pca'
import { dot } from './vector.ts'

/** Directions that are kept: most of what rows differ in, and little of what they don't. */
const DIRECTIONS = 64

/**
 * The directions in which the rows of a table differ. A question that lies far outside of them is of another kind than
 * anything in the table, however near its nearest row is: distance from the principal subspace is what tells strange
 * pictures best among simple measures (Wang et al., "ViM", CVPR 2022).
 */
export class Span {
  /** (1 + directions) × dimension values: the rows' mean, then directions of unit length. */
  readonly vectors: Float32Array
  /** How far the rows themselves lie outside on average. */
  readonly typical: number
  readonly #dimension: number

  constructor({ vectors, typical, dimension }: { vectors: Float32Array; typical: number; dimension: number }) {
    this.vectors = vectors
    this.typical = typical
    this.#dimension = dimension
  }

  /** How much farther outside a vector lies than the rows do on average: 0 is typical of them. */
  outside(vector: ArrayLike<number>): number {
    return this.#distance(vector) - this.typical
  }

  #distance(vector: ArrayLike<number>): number {
    const dimension = this.#dimension
    const mean = this.vectors.subarray(0, dimension)
    const apart = Float64Array.from(mean, (value, at) => (vector[at] as number) - value)
    let rest = dot(apart, apart)
    for (let start = dimension; start < this.vectors.length; start += dimension) {
      rest -= dot(apart, this.vectors.subarray(start, start + dimension)) ** 2
    }
    return Math.sqrt(Math.max(0, rest))
  }

  /**
   * The span of the given rows, rows × dimension values; undefined for so few that they span nothing. Takes seconds:
   * it is made once, by a calibration.
   */
  static of(rows: Float32Array, dimension: number): Span | undefined {
    const count = dimension > 0 ? rows.length / dimension : 0
    const directions = Math.min(DIRECTIONS, Math.floor(count / 4), Math.floor(dimension / 2))
    if (directions < 1) return undefined
    const row = (at: number) => rows.subarray(at * dimension, (at + 1) * dimension)
    const sample = Array.from({ length: count }, (_, at) => Array.from(row(at)))
    const axes = new PCA(sample, { method: 'covarianceMatrix' }).getEigenvectors()
    const vectors = new Float32Array((1 + directions) * dimension)
    for (let at = 0; at < dimension; at++) {
      vectors[at] = sample.reduce((sum, one) => sum + (one[at] as number), 0) / count
      for (let axis = 0; axis < directions; axis++) vectors[(1 + axis) * dimension + at] = axes.get(at, axis)
    }
    const distances = new Span({ vectors, typical: 0, dimension })
    const typical = sample.reduce((sum, one) => sum + distances.outside(one), 0) / count
    return new Span({ vectors, typical, dimension })
  }
}
