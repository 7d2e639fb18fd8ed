/** A stream of numbers from 0 to 1 that the seed decides (mulberry32, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How fast the spectrum falls: component i has the standard deviation i^-0.75, so that few directions carry most. */
const DECAY = 0.75

/**
 * Unit vectors whose spectrum falls by a power law, turned so that every component carries a share: the nearest to
 * CLIP's that can be made without it, and the hardest for an index. One after the other in one array; the same seed
 * gives the same vectors. `dimension` must be a power of two.
 */
export function powerLawVectors(count: number, dimension: number, seed: number): Float32Array {
  const random = randomNumbers(seed)
  const signs = randomNumbers(7)
  const flips = Float64Array.from({ length: dimension }, () => (signs() < 0.5 ? -1 : 1))
  const scales = Float64Array.from({ length: dimension }, (_, index) => (index + 1) ** -DECAY)
  const vectors = new Float32Array(count * dimension)
  const vector = new Float64Array(dimension)
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < dimension; at += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - random()))
      const angle = 2 * Math.PI * random()
      vector[at] = radius * Math.cos(angle) * (scales[at] as number) * (flips[at] as number)
      vector[at + 1] = radius * Math.sin(angle) * (scales[at + 1] as number) * (flips[at + 1] as number)
    }
    turn(vector)
    let squares = 0
    for (const value of vector) squares += value * value
    const scale = 1 / Math.sqrt(squares)
    for (let at = 0; at < dimension; at++) vectors[row * dimension + at] = (vector[at] as number) * scale
  }
  return vectors
}

/** The Walsh–Hadamard transform in place: a rotation up to scale. */
function turn(vector: Float64Array): void {
  for (let half = 1; half < vector.length; half *= 2) {
    for (let block = 0; block < vector.length; block += 2 * half) {
      for (let at = block; at < block + half; at++) {
        const [one, other] = [vector[at] as number, vector[at + half] as number]
        vector[at] = one + other
        vector[at + half] = one - other
      }
    }
  }
}
