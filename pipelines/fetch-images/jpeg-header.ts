/** What the header of a plain JPEG says. */
export interface JpegHeader {
  readonly width: number
  readonly height: number
  /** 1 (grey) or 3 (colour). */
  readonly components: 1 | 3
}

/** Markers (ITU-T T.81, table B.1) by their second byte: the first is 0xff. */
const MARKER = { startOfFrame: 0xc0, progressive: 0xc2, jfif: 0xe0, comment: 0xfe } as const
/** Segments that say nothing of size or colour: Huffman and quantization tables, restart interval. */
const TABLES: ReadonlySet<number> = new Set([0xc4, 0xdb, 0xdd])

/**
 * Reads the header of a plain JPEG: 8-bit grey or colour, baseline or progressive, with neither EXIF, nor a colour
 * profile, nor any other application's data. Undefined for every other file, whole or broken, which a full decoder's
 * own reading has to tell: most pictures on the web are plain, and this costs a fiftieth of that.
 */
export function plainJpegHeader(bytes: Buffer): JpegHeader | undefined {
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] as number
    const length = bytes.readUInt16BE(at + 2)
    if (bytes[at] !== 0xff || length < 2) return undefined
    if (marker === MARKER.startOfFrame || marker === MARKER.progressive) return frame(bytes, at + 4)
    const ignored = TABLES.has(marker) || marker === MARKER.comment
    if (!ignored && !(marker === MARKER.jfif && bytes.toString('latin1', at + 4, at + 8) === 'JFIF')) return undefined
    at += 2 + length
  }
  return undefined
}

function frame(bytes: Buffer, at: number): JpegHeader | undefined {
  if (at + 6 > bytes.length || bytes[at] !== 8) return undefined
  const [height, width, components] = [bytes.readUInt16BE(at + 1), bytes.readUInt16BE(at + 3), bytes[at + 5]]
  if (height === 0 || width === 0 || (components !== 1 && components !== 3)) return undefined
  return { width, height, components }
}
