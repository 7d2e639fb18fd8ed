/** Float32 values as IEEE 754 half-precision bits, rounded to nearest even; what ONNX Runtime takes on Node 20. */
export function narrow(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return Uint16Array.from(bits, half)
}

/** Half-precision bits as float32 values. */
export function widen(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 0x1f
    const fraction = bits & 0x3ff
    if (exponent === 0) return sign * fraction * 2 ** -24
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  })
}

function half(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 127
  const fraction = bits & 0x7fffff
  if (exponent === 128) return sign | 0x7c00 | (fraction ? 0x200 : 0)
  if (exponent > 15) return sign | 0x7c00
  if (exponent >= -14) return sign + (((exponent + 15) << 10) | 0) + roundedShift(fraction, 13)
  if (exponent < -25) return sign
  return sign + roundedShift(fraction | 0x800000, -1 - exponent)
}

/** `value >> shift`, rounded to nearest, ties to even; a carry moves into the exponent, as it should. */
function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift
  const rest = value & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  return kept + (rest > middle || (rest === middle && kept & 1) ? 1 : 0)
}
