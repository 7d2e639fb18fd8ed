import { PCA } from 'ml-pca'

/** Rows that the components are computed from; more change them little and cost much. */
const FITTED = 2_000

/**
 * Vectors by their principal components, which hold almost all of their differences in far fewer numbers.
 * @param vectors rows × dimension values, row after row
 * @returns rows × `components` values
 */
export function principalComponents(vectors: Float32Array, dimension: number, components: number): Float32Array {
  const rows = vectors.length / dimension
  const kept = Math.min(components, dimension)
  // A single row differs from nothing.
  if (rows < 2) return new Float32Array(rows * kept)
  const step = Math.max(1, rows / FITTED)
  const sample: number[][] = []
  for (let row = 0; row < rows; row += step) {
    const start = Math.floor(row) * dimension
    sample.push(Array.from(vectors.subarray(start, start + dimension)))
  }
  const axes = new PCA(sample, { method: 'covarianceMatrix' }).getEigenvectors()
  const means = sample[0]?.map((_, at) => sample.reduce((sum, row) => sum + (row[at] as number), 0) / sample.length)
  const projected = new Float32Array(rows * kept)
  for (let at = 0; at < dimension; at++) {
    const mean = means?.[at] ?? 0
    const axis = Float64Array.from({ length: kept }, (_, component) => axes.get(at, component))
    for (let row = 0; row < rows; row++) {
      const value = (vectors[row * dimension + at] as number) - mean
      const start = row * kept
      for (let component = 0; component < kept; component++) {
        projected[start + component] = (projected[start + component] as number) + value * (axis[component] as number)
      }
    }
  }
  return projected
}
