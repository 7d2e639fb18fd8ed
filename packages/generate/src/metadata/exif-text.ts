import type { EmbeddedText } from './generation.ts'

/** The EXIF tags in which tools write (Exif 2.32, tables 4 and 7). */
const TEXT_TAGS: ReadonlyMap<number, string> = new Map([
  [0x010e, 'exif:ImageDescription'],
  [0x010f, 'exif:Make'],
  [0x0110, 'exif:Model'],
  [0x0131, 'exif:Software'],
  [0x927c, 'exif:MakerNote'],
  [0x9286, 'exif:UserComment'],
])

const EXIF_POINTER = 0x8769

/** Types whose values are bytes: BYTE, ASCII, UNDEFINED, and UTF-8 (Exif 3.0). */
const BYTE_TYPES = new Set([1, 2, 7, 129])

/** Longest text in bytes. */
const LONGEST_TEXT = 4 * 1024 * 1024

/** Entries of one directory that are looked at. */
const MOST_ENTRIES = 512

/**
 * The texts of an EXIF block: those of the main directory and of the Exif directory, wherever a tool put them (Fooocus
 * writes UserComment into the main one). Nothing in the block makes it throw.
 *
 * Only the tags above are read, each once. A general reader decodes every entry, and a crafted block of 64 KiB whose
 * entries all point at the same array cost exif-reader 2.0.3 13 s and 3.4 GB.
 *
 * @param block starts with `Exif\0\0` or with the TIFF header
 */
export function exifTexts(block: Buffer): readonly EmbeddedText[] {
  const tiff = block.toString('latin1', 0, 4) === 'Exif' ? block.subarray(6) : block
  const order = tiff.toString('latin1', 0, 2)
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return []
  const reader = new TiffReader(tiff, order === 'II')
  const texts = new Map<string, string>()
  const exif = readDirectory(reader, reader.uint32(4), texts)
  if (exif !== undefined) readDirectory(reader, exif, texts)
  return [...texts].map(([keyword, text]) => ({ keyword, text }))
}

/** Adds a directory's texts and returns the offset of the Exif directory, where it names one. */
function readDirectory(reader: TiffReader, offset: number, texts: Map<string, string>): number | undefined {
  let exif: number | undefined
  const entries = Math.min(reader.uint16(offset), MOST_ENTRIES)
  for (let entry = offset + 2; entry < offset + 2 + entries * 12; entry += 12) {
    // An entry that is cut off would read as zeros, which point at the block's own header.
    if (entry + 12 > reader.length) break
    const tag = reader.uint16(entry)
    if (tag === EXIF_POINTER) exif = reader.uint32(entry + 8)
    const keyword = TEXT_TAGS.get(tag)
    if (keyword === undefined || texts.has(keyword) || !BYTE_TYPES.has(reader.uint16(entry + 2))) continue
    const length = reader.uint32(entry + 4)
    const at = length <= 4 ? entry + 8 : reader.uint32(entry + 8)
    if (length > LONGEST_TEXT || at + length > reader.length) continue
    const value = reader.bytes(at, length)
    texts.set(keyword, tag === 0x9286 ? decodeComment(value, reader.littleEndian) : decodeUtf8(value))
  }
  return exif
}

/** Reads numbers in the block's byte order; 0 outside it. */
class TiffReader {
  readonly littleEndian: boolean
  readonly #tiff: Buffer

  constructor(tiff: Buffer, littleEndian: boolean) {
    this.#tiff = tiff
    this.littleEndian = littleEndian
  }

  get length(): number {
    return this.#tiff.length
  }

  uint16(at: number): number {
    if (at + 2 > this.#tiff.length) return 0
    return this.littleEndian ? this.#tiff.readUInt16LE(at) : this.#tiff.readUInt16BE(at)
  }

  uint32(at: number): number {
    if (at + 4 > this.#tiff.length) return 0
    return this.littleEndian ? this.#tiff.readUInt32LE(at) : this.#tiff.readUInt32BE(at)
  }

  bytes(at: number, length: number): Buffer {
    return this.#tiff.subarray(at, at + length)
  }
}

/**
 * Decodes a UserComment: eight bytes that name the character code, then the text. `UNICODE` is UTF-16 in an order that
 * nobody agrees on: piexif (AUTOMATIC1111) always writes big-endian, others follow the block. Text of these tools is
 * full of ASCII, whose zero bytes give the order away.
 */
function decodeComment(value: Buffer, littleEndian: boolean): string {
  const code = value.toString('latin1', 0, 8)
  const content = value.subarray(8)
  if (code === 'UNICODE\0') return decodeUtf16(content, littleEndian)
  if (code === 'ASCII\0\0\0' || code === '\0'.repeat(8) || code === 'JIS\0\0\0\0\0') return decodeUtf8(content)
  return decodeUtf8(value)
}

function decodeUtf16(content: Buffer, littleEndian: boolean): string {
  const even = Buffer.from(content.subarray(0, content.length - (content.length % 2)))
  let zeroFirst = 0
  let zeroSecond = 0
  for (let at = 0; at < even.length; at += 2) {
    if (even[at] === 0) zeroFirst++
    if (even[at + 1] === 0) zeroSecond++
  }
  const mark = even.length >= 2 ? even.readUInt16BE(0) : 0
  const isLittle =
    mark === 0xfffe || (mark !== 0xfeff && (zeroFirst === zeroSecond ? littleEndian : zeroSecond > zeroFirst))
  const text = (isLittle ? even : even.swap16()).toString('utf16le')
  return trimEnd(text.replace(/^\uFEFF/, ''))
}

function decodeUtf8(value: Buffer): string {
  return trimEnd(value.toString('utf8'))
}

/** Cuts the zero bytes that end and pad EXIF strings. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--
  return text.slice(0, end)
}
