import { createHash } from 'node:crypto'
import { seededRandom as fromNumber } from '@promptloom/search/calibration/random'

/** Uniform numbers in [0, 1) that depend on the seed alone: mulberry32 over the first 32 bits of its SHA-256. */
export function seededRandom(seed: string): () => number {
  return fromNumber(createHash('sha256').update(seed).digest().readUInt32LE(0))
}
