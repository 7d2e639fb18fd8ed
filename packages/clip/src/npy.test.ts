import { describe, expect, it } from 'vitest'
import { readNpy } from './npy.ts'

/** A file of format 1.0 with this header and these values. */
function npy(header: string, values: Float32Array): Uint8Array {
  const text = Buffer.from(`${header}\n`, 'latin1')
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1')
  start.writeUInt16LE(text.length, 8)
  return Buffer.concat([start, text, Buffer.from(values.buffer)])
}
const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`

describe('a .npy file', () => {
  it.each([
    ['(2, 3)', [2, 3]],
    ['(6,)', [6]],
    ['(1, 1, 6)', [1, 1, 6]],
    ['()', []],
  ])('of the shape %s', (shape, expected) => {
    const values = Float32Array.of(1, -2, 0.5, 0, 1e-30, 3)
    expect(readNpy(npy(header('<f4', shape), values))).toEqual({ shape: expected, values })
  })

  it('may begin anywhere in a buffer', () => {
    const bytes = npy(header('<f4', '(2,)'), Float32Array.of(7, 8))
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)
    expect(readNpy(shifted).values).toEqual(Float32Array.of(7, 8))
  })

  it.each([
    ['doubles', header('<f8', '(1,)')],
    ['the other end first', header('>f4', '(1,)')],
    ['columns first', header('<f4', '(1,)', 'True')],
  ])('of %s is refused, with its header', (_, text) => {
    expect(() => readNpy(npy(text, Float32Array.of(1)))).toThrow(
      `This .npy file does not hold float32 in C order: ${text}.`,
    )
  })
})
