import { StoreUsageError } from './store-error.ts'

/**
 * Refuses a vector that no search can answer: of another length than the table's, with a value that is not finite, or
 * all zeros (cosine distance to it is undefined, and engines answer with anything).
 * @throws StoreUsageError
 */
export function checkVector(vector: ArrayLike<number>, dimension: number): void {
  if (vector.length !== dimension) {
    throw new StoreUsageError(
      `The question's vector has ${vector.length} values, the table's have ${dimension}; both must come from the same model.`,
    )
  }
  let squares = 0
  for (let index = 0; index < vector.length; index++) {
    const value = vector[index] as number
    if (!Number.isFinite(value)) {
      throw new StoreUsageError(
        `The question's vector holds ${value} at position ${index}; every value must be finite.`,
      )
    }
    squares += value * value
  }
  if (squares < 1e-12)
    throw new StoreUsageError("The question's vector is all zeros; it has no direction to search in.")
}

/** The vector as ClickHouse's `Array(Float32)` parameter text; always with the digits that Float32 needs. */
export function vectorParameter(vector: ArrayLike<number>): string {
  const parts = new Array<string>(vector.length)
  // A list of whole numbers would be read as integers by MyScale, which refuses them (code 49).
  for (let index = 0; index < vector.length; index++) parts[index] = floatText(vector[index] as number)
  return `[${parts.join(',')}]`
}

function floatText(value: number): string {
  const text = String(Math.fround(value))
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** The vector's float32 bytes in base64, little-endian as ClickHouse keeps them. */
export function vectorBase64(vector: ArrayLike<number>): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (let index = 0; index < vector.length; index++) bytes.writeFloatLE(vector[index] as number, index * 4)
  return bytes.toString('base64')
}
