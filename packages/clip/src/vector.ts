import { InferenceError } from './model-error.ts'

/**
 * Scales each row of `rows × dimension` values to unit length, in place; sums in double precision, in order, so that
 * the same values always give the same bytes.
 * @throws InferenceError for a row of zeros or with a value that is not finite.
 */
export function normalizeRows(values: Float32Array, dimension: number): void {
  for (let start = 0; start < values.length; start += dimension) {
    let sum = 0
    for (let at = start; at < start + dimension; at++) sum += (values[at] as number) ** 2
    const scale = 1 / Math.sqrt(sum)
    if (!Number.isFinite(scale) || scale === 0)
      throw new InferenceError('The model gave a vector of zeros or with values that are not finite.')
    for (let at = start; at < start + dimension; at++) values[at] = (values[at] as number) * scale
  }
}

/** The mean of unit vectors, scaled to unit length again. */
export function meanVector(vectors: readonly Float32Array[]): Float32Array {
  const first = vectors[0] as Float32Array
  if (vectors.length === 1) return first
  const mean = Float32Array.from(
    first,
    (_, at) => vectors.reduce((sum, vector) => sum + (vector[at] as number), 0) / vectors.length,
  )
  normalizeRows(mean, mean.length)
  return mean
}
