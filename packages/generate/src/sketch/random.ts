import { createHash } from 'node:crypto'

/** A repeatable source of numbers: the same key gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** Uniform integer in [low, high], both included. */
  integer(low: number, high: number): number
  pick<T>(items: readonly T[]): T
  chance(probability: number): boolean
}

/** Makes the source for a key: sfc32 (Chris Doty-Humphrey's small fast counter) started from the key's SHA-256. */
export function randomFor(key: string): Random {
  const digest = createHash('sha256').update(key).digest()
  const state = new Uint32Array([0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)))
  const next = () => sfc32(state) / 2 ** 32
  for (let round = 0; round < 12; round++) next()
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: <T>(items: readonly T[]) => items[Math.floor(next() * items.length)] as T,
    chance: (probability) => next() < probability,
  }
}

function sfc32(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, counter = 0] = state
  const result = (((a + b) | 0) + counter) | 0
  state[3] = counter + 1
  state[0] = b ^ (b >>> 9)
  state[1] = c + (c << 3)
  state[2] = ((c << 21) | (c >>> 11)) + result
  return result >>> 0
}
