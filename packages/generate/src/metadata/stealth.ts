import { gunzipSync } from 'node:zlib'

/** Longest hidden text in bytes, after decompression. */
const LONGEST_TEXT = 1024 * 1024

const MAGIC_BYTES = 15

/**
 * The text that NovelAI and the "stealth pnginfo" extensions hide in the lowest bits of the alpha channel, column by
 * column, so that it survives sites that strip metadata: `stealth_pnginfo` (plain) or `stealth_pngcomp` (gzip), the
 * length in bits as 32-bit big-endian number, and the UTF-8 text. Null where there is none.
 * Source: NovelAI's novelai-image-metadata.
 *
 * @param alpha one byte a pixel, row by row
 */
export function stealthText(alpha: Uint8Array, width: number, height: number): string | null {
  const bits = new BitReader(alpha, width, height)
  const magic = bits.bytes(MAGIC_BYTES)?.toString('latin1')
  if (magic !== 'stealth_pnginfo' && magic !== 'stealth_pngcomp') return null
  const length = bits.bytes(4)?.readUInt32BE(0) ?? 0
  if (length === 0 || length % 8 !== 0) return null
  const content = bits.bytes(length / 8)
  if (content === null) return null
  if (magic === 'stealth_pnginfo') return content.length > LONGEST_TEXT ? null : content.toString('utf8')
  try {
    return gunzipSync(content, { maxOutputLength: LONGEST_TEXT }).toString('utf8')
  } catch {
    return null
  }
}

/** Reads the lowest bits of a plane from top to bottom, then from left to right. */
class BitReader {
  readonly #plane: Uint8Array
  readonly #width: number
  readonly #height: number
  #at = 0

  constructor(plane: Uint8Array, width: number, height: number) {
    this.#plane = plane
    this.#width = width
    this.#height = height
  }

  /** The next bytes, highest bit first; null where the plane is too small. */
  bytes(count: number): Buffer | null {
    if (this.#at + count * 8 > this.#width * this.#height) return null
    const bytes = Buffer.alloc(count)
    for (let bit = 0; bit < count * 8; bit++, this.#at++) {
      const x = Math.floor(this.#at / this.#height)
      const y = this.#at % this.#height
      const value = (this.#plane[y * this.#width + x] ?? 0) & 1
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (value << (7 - (bit & 7)))
    }
    return bytes
  }
}
