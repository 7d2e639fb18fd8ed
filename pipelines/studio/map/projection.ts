import { seededRandom } from '@promptloom/search/calibration/random'
import { UMAP } from 'umap-js'

/** Neighbours of a point that its place is decided by; UMAP's own default. */
const NEIGHBOURS = 15
/** Fewer points have no neighbourhoods to speak of: they lie by their first two components. */
const LEAST = 2 * NEIGHBOURS

/**
 * Points in the plane such that what is near stays near: UMAP (McInnes, Healy, Melville, 2018). The same vectors give
 * the same places.
 * @param vectors count × dimension values, row after row; as principal components, the first ones first
 * @param onProgress told of the share that is done, from 0 to 1
 * @returns count × 2 values
 */
export function project(
  vectors: Float32Array,
  dimension: number,
  onProgress: (fraction: number) => void = () => undefined,
): Float32Array {
  const count = vectors.length / dimension
  const rows = Array.from({ length: count }, (_, row) =>
    Array.from(vectors.subarray(row * dimension, (row + 1) * dimension)),
  )
  const places = count < LEAST ? rows : embed(rows, onProgress)
  const flat = new Float32Array(count * 2)
  places.forEach(([x = 0, y = 0], row) => {
    flat.set([x, y], row * 2)
  })
  return flat
}

function embed(rows: number[][], onProgress: (fraction: number) => void): number[][] {
  const umap = new UMAP({ nNeighbors: NEIGHBOURS, minDist: 0.3, random: seededRandom(42) })
  const epochs = umap.initializeFit(rows)
  // Finding the neighbours takes about a third of the time, and tells nothing on the way.
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step()
    if (epoch % 10 === 0) onProgress(0.3 + (0.7 * epoch) / epochs)
  }
  return umap.getEmbedding()
}
