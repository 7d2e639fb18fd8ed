import { hash } from 'node:crypto'

const WORDS = 4

/**
 * Remembers which row first had an id, in 16 bytes a slot: a 96-bit digest of the id and the row's number. Between
 * 27 and 53 bytes a row, 32 MB for a million. That two of ten million different ids share a digest has a chance of
 * 1 in 10^15.
 */
export class IdIndex {
  #slots: Uint32Array
  #mask: number
  #used = 0

  /** @param capacity slots to begin with, a power of two; it doubles when 60 % are taken. */
  constructor(capacity = 1 << 16) {
    this.#slots = new Uint32Array(capacity * WORDS)
    this.#mask = capacity - 1
  }

  /**
   * Claims an id for a row.
   * @param row from 0 to 2^32 - 2.
   * @returns the row that claimed it earlier; undefined when it is this one's now.
   */
  claim(id: string, row: number): number | undefined {
    if (this.#used > (this.#mask + 1) * 0.6) this.#grow()
    // SHA-1 for spread, not for secrecy.
    const digest = hash('sha1', id, 'buffer')
    const key = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)] as const
    const at = this.#find(key[0], key[1], key[2])
    const owner = this.#slots[at + 3] as number
    if (owner !== 0) return owner - 1
    this.#slots.set(key, at)
    this.#slots[at + 3] = row + 1
    this.#used++
    return undefined
  }

  /** Position of the slot that holds a digest, or of the free one where it belongs. */
  #find(a: number, b: number, c: number): number {
    const slots = this.#slots
    for (let slot = a & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS
      if (slots[at + 3] === 0 || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)) return at
    }
  }

  #grow(): void {
    const old = this.#slots
    const capacity = (this.#mask + 1) * 2
    this.#slots = new Uint32Array(capacity * WORDS)
    this.#mask = capacity - 1
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 3] === 0) continue
      this.#slots.set(
        old.subarray(at, at + WORDS),
        this.#find(old[at] as number, old[at + 1] as number, old[at + 2] as number),
      )
    }
  }
}
