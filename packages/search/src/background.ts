import type { Span } from './span.ts'
import { dot } from './vector.ts'

/** How a question scores against rows that have nothing to do with it. */
export interface BackgroundScore {
  /** Mean and standard deviation of the cosine similarity with the reference rows. */
  readonly mean: number
  readonly spread: number
  /** How much farther outside of the table's rows the question lies than they do; absent where it is not known. */
  readonly outside?: number
}

/** Below this, all reference rows are the same to a question, and a score in deviations would be noise. */
const LEAST_SPREAD = 1e-4

/**
 * Reference rows of one table: a fixed random sample of its vectors, against which any question is measured. Cosines
 * of a dual encoder mean nothing by themselves: words and pictures lie in cones of their own, some questions are near
 * to everything, and 0.25 is much between words and a picture but little between two prompts. What a question scores
 * against random rows says what its own scores are worth.
 */
export class Background {
  readonly rows: number
  readonly #vectors: Float32Array
  readonly #dimension: number
  readonly #span: Span | undefined

  /** @param vectors rows × dimension values, each row of unit length; @param span what calibration found of them. */
  constructor(vectors: Float32Array, dimension: number, span?: Span) {
    this.#vectors = vectors
    this.#dimension = dimension
    this.#span = span
    this.rows = dimension > 0 ? vectors.length / dimension : 0
  }

  /** Cosine similarities of a unit vector with the reference rows. */
  similarities(vector: ArrayLike<number>): Float64Array {
    const similarities = new Float64Array(this.rows)
    for (let row = 0; row < this.rows; row++) {
      const start = row * this.#dimension
      similarities[row] = dot(vector, this.#vectors.subarray(start, start + this.#dimension))
    }
    return similarities
  }

  /** Mean and deviation of a unit vector's similarities. With fewer than two rows, nothing can be said: 0 and 1. */
  of(vector: ArrayLike<number>): BackgroundScore {
    if (this.rows < 2) return { mean: 0, spread: 1 }
    const similarities = this.similarities(vector)
    const mean = similarities.reduce((sum, value) => sum + value, 0) / this.rows
    const squares = similarities.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const spread = Math.max(Math.sqrt(squares / (this.rows - 1)), LEAST_SPREAD)
    return { mean, spread, ...(this.#span ? { outside: this.#span.outside(vector) } : {}) }
  }

  /** The same rows with what they span, which takes seconds to find; without it where they are too few. */
  spanned(span: Span | undefined): Background {
    return new Background(this.#vectors, this.#dimension, span)
  }

  /** The reference vectors, row after row. */
  get vectors(): Float32Array {
    return this.#vectors
  }
}

/** A cosine distance as deviations above the background: 0 is what random rows score. */
export function deviations(distance: number, background: BackgroundScore): number {
  return (1 - distance - background.mean) / background.spread
}
