/**
 * The float32 values of a NumPy `.npy` file (format 1.0, little endian, C order), and their shape.
 * @throws Error when it holds something else.
 */
export function readNpy(bytes: Uint8Array): { readonly shape: readonly number[]; readonly values: Float32Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = 10 + view.getUint16(8, true)
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, start))
  if (!header.includes("'<f4'") || header.includes("'fortran_order': True")) {
    throw new Error(`This .npy file does not hold float32 in C order: ${header.trim()}.`)
  }
  const shape = (/\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number)
  return { shape, values: new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer) }
}
