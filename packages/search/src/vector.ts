/** Sum of products of two vectors of the same length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number)
  return sum
}

/**
 * The vector scaled to unit length; undefined where it has no direction: zeros, or values that are not finite.
 */
export function unit(vector: ArrayLike<number>): Float32Array | undefined {
  const length = Math.sqrt(dot(vector, vector))
  if (!Number.isFinite(length) || length < 1e-6) return undefined
  return Float32Array.from(vector, (value) => value / length)
}
