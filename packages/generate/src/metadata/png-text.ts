import { crc32, inflateSync } from 'node:zlib'
import type { EmbeddedText } from './generation.ts'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Longest text in bytes, after decompression. ComfyUI's graphs take up to about a megabyte. */
const LONGEST_TEXT = 4 * 1024 * 1024

/** All texts of a picture together, in bytes. */
const MOST_TEXT = 16 * 1024 * 1024

/** PNG keywords are 1 to 79 bytes long (PNG specification, 11.3.3). */
const LONGEST_KEYWORD = 79

/** True for bytes that begin as a PNG does. */
export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)
}

/**
 * The texts of a PNG file (chunks tEXt, zTXt and iTXt), in file order. Damaged chunks, texts over the limits and
 * whatever follows a cut are left out; nothing in the file makes it throw.
 *
 * sharp's `comments` would not do: they lack chunks after the pixels, read Latin-1 as UTF-8, and lose all texts where
 * one is too long (measured with sharp 0.35.5).
 */
export function pngTexts(bytes: Buffer): readonly EmbeddedText[] {
  const texts: EmbeddedText[] = []
  let left = MOST_TEXT
  for (const { type, data } of textChunks(bytes)) {
    const found = textOf(type, data, Math.min(left, LONGEST_TEXT))
    if (found === null) continue
    left -= Buffer.byteLength(found.text)
    texts.push(found)
  }
  return texts
}

function* textChunks(bytes: Buffer): Generator<{ type: string; data: Buffer }> {
  let at = SIGNATURE.length
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(at)
    const end = at + 8 + length
    if (end + 4 > bytes.length) return
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (type === 'IEND') return
    const isText = type === 'tEXt' || type === 'zTXt' || type === 'iTXt'
    if (isText && crc32(bytes.subarray(at + 4, end)) === bytes.readUInt32BE(end))
      yield { type, data: bytes.subarray(at + 8, end) }
    at = end + 4
  }
}

function textOf(type: string, data: Buffer, limit: number): EmbeddedText | null {
  const end = data.indexOf(0)
  if (end < 1 || end > LONGEST_KEYWORD) return null
  const keyword = data.toString('latin1', 0, end)
  const rest = data.subarray(end + 1)
  const content =
    type === 'tEXt' ? rest : type === 'zTXt' ? inflate(rest.subarray(1), limit) : international(rest, limit)
  if (content === null || content.length > limit) return null
  return { keyword, text: type === 'iTXt' ? content.toString('utf8') : decodeLoosely(content) }
}

/** iTXt: compression flag, method, language, translated keyword, text. */
function international(rest: Buffer, limit: number): Buffer | null {
  const language = rest.indexOf(0, 2)
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1)
  if (translated < 0) return null
  const content = rest.subarray(translated + 1)
  return rest[0] === 1 ? inflate(content, limit) : content
}

function inflate(data: Buffer, limit: number): Buffer | null {
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, limit) })
  } catch {
    return null
  }
}

/** tEXt is Latin-1 by the specification, but many tools write UTF-8; text that is valid UTF-8 is taken for it. */
function decodeLoosely(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return content.toString('latin1')
  }
}
