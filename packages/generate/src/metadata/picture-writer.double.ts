import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** A plain picture of 16 × 12 pixels, as the given format encodes it. */
export async function plainPicture(format: 'png' | 'jpeg' | 'webp' | 'gif'): Promise<Buffer> {
  return sharp({ create: { width: 16, height: 12, channels: 3, background: '#336699' } })
    .toFormat(format)
    .toBuffer()
}

/** One PNG chunk; `crc` replaces the right checksum. */
export function chunk(type: string, data: Buffer | string, crc?: number): Buffer {
  const body = Buffer.concat([
    Buffer.from(type, 'latin1'),
    typeof data === 'string' ? Buffer.from(data, 'latin1') : data,
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length - 4)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc ?? crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A text chunk of the given kind. */
export function textChunk(
  keyword: string,
  text: string,
  kind: 'tEXt' | 'zTXt' | 'iTXt' | 'iTXt-deflated' = 'tEXt',
): Buffer {
  const key = Buffer.from(keyword, 'latin1')
  if (kind === 'tEXt') return chunk('tEXt', Buffer.concat([key, Buffer.from([0]), Buffer.from(text, 'latin1')]))
  if (kind === 'zTXt')
    return chunk('zTXt', Buffer.concat([key, Buffer.from([0, 0]), deflateSync(Buffer.from(text, 'latin1'))]))
  const deflated = kind === 'iTXt-deflated'
  const content = deflated ? deflateSync(Buffer.from(text)) : Buffer.from(text)
  return chunk('iTXt', Buffer.concat([key, Buffer.from([0, deflated ? 1 : 0, 0, 0, 0]), content]))
}

/** A PNG with chunks before its pixels, or after them. */
export async function pngWith(chunks: readonly Buffer[], where: 'before' | 'after' = 'before'): Promise<Buffer> {
  const plain = await plainPicture('png')
  const at = where === 'before' ? 33 : plain.length - 12
  return Buffer.concat([plain.subarray(0, at), ...chunks, plain.subarray(at)])
}

/** A PNG with texts, each written as Pillow would: tEXt where Latin-1 holds it, else iTXt. */
export function pngWithTexts(texts: Readonly<Record<string, string>>): Promise<Buffer> {
  return pngWith(
    Object.entries(texts).map(([keyword, text]) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of Latin-1
      textChunk(keyword, text, /^[\u0000-\u00ff]*$/.test(text) ? 'tEXt' : 'iTXt'),
    ),
  )
}

/** One EXIF entry: an ASCII string, or bytes of type UNDEFINED. */
export type ExifEntry = readonly [tag: number, value: string | Buffer]

/** An EXIF block with entries in the main directory and in the Exif directory. */
export function exifBlock(main: readonly ExifEntry[], exif: readonly ExifEntry[] = [], littleEndian = true): Buffer {
  const writer = new TiffWriter(littleEndian)
  const pointer = exif.length > 0
  const mainSize = 2 + (main.length + (pointer ? 1 : 0)) * 12 + 4
  const exifAt = 8 + mainSize
  const dataAt = exifAt + (pointer ? 2 + exif.length * 12 + 4 : 0)
  writer.dataAt = dataAt
  writer.directory(main, pointer ? exifAt : undefined)
  if (pointer) writer.directory(exif, undefined)
  return Buffer.concat([writer.header(), ...writer.directories, ...writer.data])
}

class TiffWriter {
  readonly directories: Buffer[] = []
  readonly data: Buffer[] = []
  dataAt = 0
  readonly #littleEndian: boolean

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian
  }

  header(): Buffer {
    return Buffer.concat([Buffer.from(this.#littleEndian ? 'II' : 'MM'), this.#u16(42), this.#u32(8)])
  }

  directory(entries: readonly ExifEntry[], exifAt: number | undefined): void {
    const parts = [this.#u16(entries.length + (exifAt === undefined ? 0 : 1))]
    for (const [tag, value] of entries) {
      const bytes = typeof value === 'string' ? Buffer.from(`${value}\0`) : value
      const inline = bytes.length <= 4
      const place = inline ? Buffer.concat([bytes, Buffer.alloc(4 - bytes.length)]) : this.#u32(this.dataAt)
      parts.push(this.#u16(tag), this.#u16(typeof value === 'string' ? 2 : 7), this.#u32(bytes.length), place)
      if (inline) continue
      this.data.push(bytes)
      this.dataAt += bytes.length
    }
    if (exifAt !== undefined) parts.push(this.#u16(0x8769), this.#u16(4), this.#u32(1), this.#u32(exifAt))
    this.directories.push(Buffer.concat([...parts, this.#u32(0)]))
  }

  #u16(value: number): Buffer {
    const bytes = Buffer.alloc(2)
    if (this.#littleEndian) bytes.writeUInt16LE(value)
    else bytes.writeUInt16BE(value)
    return bytes
  }

  #u32(value: number): Buffer {
    const bytes = Buffer.alloc(4)
    if (this.#littleEndian) bytes.writeUInt32LE(value)
    else bytes.writeUInt32BE(value)
    return bytes
  }
}

/** A UserComment in UTF-16, big-endian as piexif writes it or little-endian. */
export function unicodeComment(text: string, order: 'be' | 'le' = 'be'): Buffer {
  const little = Buffer.from(text, 'utf16le')
  return Buffer.concat([Buffer.from('UNICODE\0'), order === 'le' ? little : Buffer.from(little).swap16()])
}

/** A JPEG with an EXIF block, where cameras put it: right after its start. */
export async function jpegWith(exif: Buffer): Promise<Buffer> {
  const plain = await plainPicture('jpeg')
  const content = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif])
  const header = Buffer.from([0xff, 0xe1, 0, 0])
  header.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([plain.subarray(0, 2), header, content, plain.subarray(2)])
}

/** A WebP with an EXIF block: an extended header, the pixels, the block. */
export async function webpWith(exif: Buffer): Promise<Buffer> {
  const plain = await plainPicture('webp')
  const extended = Buffer.alloc(10)
  extended[0] = 0x08
  extended.writeUIntLE(16 - 1, 4, 3)
  extended.writeUIntLE(12 - 1, 7, 3)
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    riffChunk('VP8X', extended),
    plain.subarray(12),
    riffChunk('EXIF', exif),
  ])
  return riffChunk('RIFF', body)
}

function riffChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  return Buffer.concat([Buffer.from(type), length, data, Buffer.alloc(data.length % 2)])
}
