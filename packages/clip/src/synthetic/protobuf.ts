/** A protobuf field that is ready to be written: its bytes in pieces, so that large weights are never copied. */
export type Bytes = readonly Uint8Array[]

/** An integer field; negative ones as the ten bytes that protobuf prescribes. */
export function integer(field: number, value: number | bigint): Bytes {
  return [varint(field << 3), varint(value)]
}

/** A float field. */
export function float(field: number, value: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [varint((field << 3) | 5), bytes]
}

/** A string field. */
export function string(field: number, value: string): Bytes {
  return bytes(field, new TextEncoder().encode(value))
}

/** A field of raw bytes. */
export function bytes(field: number, value: Uint8Array): Bytes {
  return [varint((field << 3) | 2), varint(value.length), value]
}

/** A field that holds a message of these fields. */
export function message(field: number, ...fields: readonly Bytes[]): Bytes {
  const pieces = fields.flat()
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return [varint((field << 3) | 2), varint(size), ...pieces]
}

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value))
  const out: number[] = []
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    out.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return Uint8Array.from(out)
}
