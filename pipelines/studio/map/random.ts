/**
 * Numbers from 0 up to 1 that are the same for the same seed on every machine (mulberry32, Tommy Ettinger, public
 * domain), so that the same pictures give the same map.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

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
