import { createHash } from 'node:crypto'
import { cleanText } from '@promptloom/clip/text-cleaning'

/** Which of many values occur more than once, told by 64-bit hashes: 8 bytes a value, whatever their length. */
export class Repeats {
  readonly #sorted: BigUint64Array

  /** `hashes` are sorted in place. Different values share a hash once in about 40,000 collections of 30 million. */
  constructor(hashes: BigUint64Array) {
    hashes.sort()
    let count = 0
    hashes.forEach((hash, at) => {
      const repeats = hash === hashes[at - 1]
      const isKnown = count > 0 && hashes[count - 1] === hash
      if (repeats && !isKnown) hashes[count++] = hash
    })
    this.#sorted = hashes.slice(0, count)
  }

  /** Distinct values that occur more than once. */
  get size(): number {
    return this.#sorted.length
  }

  has(hash: bigint): boolean {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as bigint) < hash) low = middle + 1
      else high = middle
    }
    return this.#sorted[low] === hash
  }
}

/** 64 bits of the SHA-256 of a text as it is tokenized. */
export function textHash(text: string): bigint {
  return createHash('sha256').update(cleanText(text)).digest().readBigUInt64LE()
}
