import sharp, { type Sharp } from 'sharp'
import { isCutOff, type PictureFormat, sniff } from './format.ts'
import { plainJpegHeader } from './jpeg-header.ts'
import { perceptualHash } from './perceptual-hash.ts'

/** What is asked of a picture, and what is made of it. */
export interface PictureRules {
  /** What is stored: a picture packed anew, or the original's bytes. */
  readonly store: 'jpeg' | 'webp' | 'original'
  /** Quality of the packing, 1–100. */
  readonly quality: number
  /** Longest side of the stored picture in pixels; smaller originals keep their size. */
  readonly maxSide: number
  /** Most pixels (width × height) that are decoded. */
  readonly maxPixels: number
  /** Shortest side that is accepted, in pixels. */
  readonly minSide: number
  /** Whole seconds that decoding a picture may take, 0 for no limit; default 30. */
  readonly decodeTimeout?: number
}

/** What a picture's header says of it. */
interface Header {
  /** The original's pixels before any rotation. */
  readonly width: number
  readonly height: number
  readonly orientation: number
  readonly frames: number
  readonly alpha: boolean
  readonly space: string
  readonly icc: boolean
}

/** A picture that was decoded whole, and what is stored of it. */
export interface Picture extends Header {
  readonly format: PictureFormat
  readonly phash: string
  readonly stored: Buffer
  readonly stored_format: PictureFormat
  readonly stored_width: number
  readonly stored_height: number
}

/** Why a body is no picture that we keep. */
export type PictureFault =
  | 'not_an_image'
  | 'unsupported_format'
  | 'too_many_pixels'
  | 'too_small'
  | 'truncated'
  | 'corrupt'
  | 'decode_timeout'

/** The picture, or the fault and what it rests on. */
export type Examined = { readonly picture: Picture } | { readonly fault: PictureFault; readonly detail: string }

/** Loaders that libvips may use once `restrictDecoders` was called: those of the four formats, nothing else. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif'].map((name) => `VipsForeignLoad${name}`)
/** WebP at a higher effort takes two to three times as long for a tenth of the bytes. */
const WEBP_EFFORT = 1

/**
 * Closes every decoder of libvips in this process but those for JPEG, PNG, WebP and GIF: SVG, PDF and the rest are
 * refused by their bytes already, this is the second lock. Also one thread a picture, and no cache: pictures are
 * worked on side by side, and never twice.
 */
export function restrictDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: LOADERS })
  sharp.concurrency(1)
  sharp.cache(false)
}

/**
 * Decodes a picture whole, its first frame when it moves, and packs it: upright, sRGB with 8 bits, without metadata,
 * transparency on white where the format has none. Faults are results; an error is a bug or a broken machine.
 */
export async function examine(bytes: Buffer, rules: PictureRules): Promise<Examined> {
  const found = sniff(bytes)
  if (found.kind === 'none') return { fault: 'not_an_image', detail: `looks like ${found.name}` }
  if (found.kind === 'unsupported') return { fault: 'unsupported_format', detail: found.name }
  const { format } = found
  let header: Header
  try {
    header = await readHeader(bytes, format)
  } catch (error) {
    return undecodable(error, format, bytes)
  }
  const { width, height } = header
  if (width * height > rules.maxPixels) return { fault: 'too_many_pixels', detail: `${width}×${height}` }
  if (Math.min(width, height) < rules.minSide) return { fault: 'too_small', detail: `${width}×${height}` }
  let pixels: Pixels
  try {
    const decoder = decode(bytes, format, rules)
    if (header.alpha && rules.store === 'jpeg') decoder.flatten({ background: 'white' })
    pixels = await decoder.raw().toBuffer({ resolveWithObject: true })
  } catch (error) {
    return undecodable(error, format, bytes)
  }
  return { picture: await pack(bytes, { format, header, pixels }, rules) }
}

/** Pictures of 50 million pixels take about a second. */
const DECODE_SECONDS = 30
/** What libvips says of work that sharp's time limit has ended. */
const OUT_OF_TIME = /timeout: \d+% complete/

function undecodable(error: unknown, format: PictureFormat, bytes: Buffer): Examined {
  const { message } = error as Error
  const detail = message.split('\n', 1)[0] as string
  if (OUT_OF_TIME.test(message)) return { fault: 'decode_timeout', detail }
  return { fault: isCutOff(format, bytes) ? 'truncated' : 'corrupt', detail }
}

/** Reads a header and nothing more; our own limits name the outcome, not the decoder's. */
async function readHeader(bytes: Buffer, format: PictureFormat): Promise<Header> {
  const plain = format === 'jpeg' ? plainJpegHeader(bytes) : undefined
  if (plain) {
    const { width, height, components } = plain
    const space = components === 1 ? 'b-w' : 'srgb'
    return { width, height, orientation: 0, frames: 1, alpha: false, space, icc: false }
  }
  const { width, height, orientation, pages, hasAlpha, space, icc } = await sharp(bytes, {
    limitInputPixels: false,
  }).metadata()
  const frames = pages ?? 1
  return { width, height, orientation: orientation ?? 0, frames, alpha: hasAlpha, space, icc: icc !== undefined }
}

/** Damage inside a JPEG is only a warning to its decoder; the warnings of the others are about profiles and the like. */
function decode(bytes: Buffer, format: PictureFormat, rules: PictureRules): Sharp {
  const { maxSide, maxPixels, decodeTimeout = DECODE_SECONDS } = rules
  return sharp(bytes, { failOn: format === 'jpeg' ? 'warning' : 'error', limitInputPixels: maxPixels })
    .timeout({ seconds: decodeTimeout })
    .autoOrient()
    .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
}

interface Pixels {
  readonly data: Buffer
  readonly info: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 }
}

interface Decoded {
  readonly format: PictureFormat
  readonly header: Header
  readonly pixels: Pixels
}

async function pack(bytes: Buffer, { format, header, pixels }: Decoded, rules: PictureRules): Promise<Picture> {
  const { data, info } = pixels
  const { width, height, channels } = info
  const original = rules.store === 'original'
  // Begun before the hash is computed, so that the two overlap.
  const stored = original ? bytes : encode(sharp(data, { raw: { width, height, channels } }), rules)
  return {
    ...header,
    format,
    phash: perceptualHash({ data, width, height, channels }),
    stored: await stored,
    stored_format: rules.store === 'original' ? format : rules.store,
    stored_width: original ? header.width : width,
    stored_height: original ? header.height : height,
  }
}

/** Packs pixels by the rules. */
function encode(pixels: Sharp, { store, quality }: PictureRules): Promise<Buffer> {
  const packed = store === 'webp' ? pixels.webp({ quality, effort: WEBP_EFFORT }) : pixels.jpeg({ quality })
  return packed.toBuffer()
}

/**
 * The bare work on a picture, in one go: decode, resize, encode. What `bench fetch` measures everything else against.
 */
export function repack(bytes: Buffer, format: PictureFormat, rules: PictureRules): Promise<Buffer> {
  return encode(decode(bytes, format, rules), rules)
}
