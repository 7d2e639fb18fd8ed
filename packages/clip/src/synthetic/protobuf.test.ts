import { describe, expect, it } from 'vitest'
import { bytes, float, integer, message, string } from './protobuf.ts'
import { RandomWeights } from './random-weights.ts'

const hex = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString('hex')

describe('a field of a protobuf', () => {
  // The examples of https://protobuf.dev/programming-guides/encoding/, and edges.
  it.each([
    ['the number 150', integer(1, 150), '089601'],
    ['zero', integer(1, 0), '0800'],
    ['a field beyond 15', integer(16, 1), '800101'],
    ['minus two', integer(1, -2), '08feffffffffffffffff01'],
    ['a number beyond 32 bits', integer(1, 2n ** 33n), '088080808020'],
    ['a text', string(2, 'testing'), '120774657374696e67'],
    ['a text that is not ASCII', string(2, 'ü'), '1202c3bc'],
    ['an empty text', string(2, ''), '1200'],
    ['bytes', bytes(3, Uint8Array.of(0, 255)), '1a0200ff'],
    ['one and a half', float(4, 1.5), '250000c03f'],
    ['a message', message(3, integer(1, 150)), '1a03089601'],
    ['an empty message', message(3), '1a00'],
    ['a message in a message', message(1, message(2, integer(1, 1))), '0a04120208' + '01'],
  ])('%s', (_, field, expected) => {
    expect(hex(field)).toBe(expected)
  })

  it('is never copied: large weights stay where they are', () => {
    const weights = new Uint8Array(10_000)
    expect(message(1, bytes(2, weights)).at(-1)).toBe(weights)
  })
})

describe('random weights', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(new RandomWeights(7).values(100, 1)).toEqual(new RandomWeights(7).values(100, 1))
    expect(new RandomWeights(7).values(100, 1)).not.toEqual(new RandomWeights(8).values(100, 1))
  })

  it.each([0.02, 1])('lie around zero with the deviation %d', (deviation) => {
    const values = new RandomWeights(1).values(20_000, deviation)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(Math.abs(mean) / deviation).toBeLessThan(0.03)
    expect(Math.sqrt(variance) / deviation).toBeCloseTo(1, 1)
  })

  it('go on where they were', () => {
    const weights = new RandomWeights(3)
    const apart = [...weights.values(5, 1), ...weights.values(5, 1)]
    expect([...new RandomWeights(3).values(10, 1)]).toEqual(apart)
  })
})
