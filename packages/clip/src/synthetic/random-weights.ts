/** Reproducible weights: the same seed gives the same numbers everywhere. */
export class RandomWeights {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** `count` values, uniform with the given standard deviation around zero. */
  values(count: number, deviation: number): Float32Array {
    const range = deviation * Math.sqrt(12)
    const values = new Float32Array(count)
    for (let at = 0; at < count; at++) values[at] = (this.#next() - 0.5) * range
    return values
  }

  /** Mulberry32 (Tommy Ettinger, public domain): a number from 0 to 1. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
