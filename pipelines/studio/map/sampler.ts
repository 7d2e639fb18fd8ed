import { seededRandom } from '@promptloom/search/calibration/random'

/**
 * Says of each of `total` things in turn whether it belongs to a random sample of `wanted` of them (Knuth's algorithm
 * S); every sample is as likely, and the same seed gives the same.
 */
export function sampler(total: number, wanted: number, seed = 1): () => boolean {
  const random = seededRandom(seed)
  let left = total
  let due = Math.min(wanted, total)
  return () => {
    const chosen = random() * left < due
    left--
    if (chosen) due--
    return chosen
  }
}
