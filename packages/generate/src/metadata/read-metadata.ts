import sharp, { type Metadata } from 'sharp'
import { readAutomatic1111 } from './automatic1111.ts'
import { readComfyUi } from './comfyui.ts'
import { readDrawThings } from './draw-things.ts'
import { exifTexts } from './exif-text.ts'
import { readFooocus } from './fooocus.ts'
import {
  type EmbeddedText,
  EmbeddedTexts,
  type GenerationMetadata,
  type NoMetadata,
  type NoMetadataReason,
  type ToolReader,
} from './generation.ts'
import { readInvokeAi } from './invokeai.ts'
import { readNovelAi } from './novelai.ts'
import { isPng, pngTexts } from './png-text.ts'
import { stealthText } from './stealth.ts'
import { readSwarmUi } from './swarmui.ts'
import { parseToolJson } from './tool-json.ts'

/** In the order in which they are asked: tools whose marks are their own before those that others imitate. */
const READERS: readonly ToolReader[] = [
  readSwarmUi,
  readFooocus,
  readInvokeAi,
  readNovelAi,
  readDrawThings,
  readAutomatic1111,
  readComfyUi,
]

const FORMATS = new Set(['png', 'jpeg', 'webp'])

/** Limits of {@link readMetadata}. */
export interface ReadMetadataOptions {
  /** Largest file that is looked at; default 64 MiB. */
  readonly maxBytes?: number
  /**
   * Largest picture whose alpha channel is decoded in search of a hidden text, where there is no other; default 20
   * million pixels, 0: never.
   */
  readonly maxStealthPixels?: number
}

/**
 * Reads how a picture was made from what its maker wrote into it: AUTOMATIC1111 and Forge, ComfyUI, InvokeAI, Fooocus,
 * NovelAI, SwarmUI and Draw Things, in PNG, JPEG and WebP. A picture without such an account, a damaged or a hostile
 * file is an answer, not an error.
 *
 * @param file the whole file
 */
export async function readMetadata(
  file: Uint8Array,
  options: ReadMetadataOptions = {},
): Promise<GenerationMetadata | NoMetadata> {
  const { maxBytes = 64 * 1024 * 1024, maxStealthPixels = 20_000_000 } = options
  if (file.byteLength > maxBytes)
    return none('too_large', `The file has ${file.byteLength} bytes, more than the limit of ${maxBytes}.`)
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const picture = await headerOf(bytes)
  if (picture === null) return none('not_an_image', 'The file is no PNG, JPEG or WebP that can be read.')

  const texts = textsOf(bytes, picture)
  const visible = identify(texts, picture)
  const pixels = picture.width * picture.height
  if (visible.kind === 'generation' || !picture.hasAlpha || pixels > maxStealthPixels) return visible
  const hidden = await hiddenTexts(bytes)
  return hidden.length === 0 ? visible : identify([...hidden, ...texts], picture)
}

async function headerOf(bytes: Buffer): Promise<Metadata | null> {
  try {
    const header = await sharp(bytes, { failOn: 'none' }).metadata()
    return FORMATS.has(header.format ?? '') ? header : null
  } catch {
    return null
  }
}

function textsOf(bytes: Buffer, picture: Metadata): readonly EmbeddedText[] {
  const texts = isPng(bytes) ? [...pngTexts(bytes)] : []
  if (picture.exif !== undefined) texts.push(...exifTexts(picture.exif))
  if (picture.xmp !== undefined && !isPng(bytes)) texts.push({ keyword: 'xmp', text: picture.xmp.toString('utf8') })
  return texts
}

function identify(all: readonly EmbeddedText[], picture: Metadata): GenerationMetadata | NoMetadata {
  const texts = new EmbeddedTexts(all)
  let malformed: string | undefined
  for (const reader of READERS) {
    try {
      const found = reader(texts)
      if (found === null) continue
      const { width, height } = picture
      return { kind: 'generation', tool: found.tool, ...found.parameters, width, height, raw: all }
    } catch (error) {
      if (!isParseError(error)) throw error
      malformed ??= error.message
    }
  }
  if (malformed !== undefined)
    return none('malformed_metadata', `Its account of how it was made can't be read: ${malformed}.`)
  return none('no_metadata', 'It holds no account, of a tool that is known, of how it was made.')
}

/** JSON that is none, or nested deeper than the parser's stack. */
function isParseError(error: unknown): error is Error {
  return error instanceof SyntaxError || error instanceof RangeError
}

/** Texts hidden in the alpha channel: an infotext, or NovelAI's texts as one JSON object. */
async function hiddenTexts(bytes: Buffer): Promise<readonly EmbeddedText[]> {
  const plane = await alphaOf(bytes)
  const text = plane === null ? null : stealthText(plane.data, plane.info.width, plane.info.height)
  if (text === null) return []
  if (!text.trimStart().startsWith('{')) return [{ keyword: 'parameters', text }]
  try {
    return Object.entries(parseToolJson(text)).flatMap(([keyword, value]) =>
      typeof value === 'string' ? [{ keyword, text: value }] : [],
    )
  } catch (error) {
    if (!isParseError(error)) throw error
    return []
  }
}

/** The alpha channel, one byte a pixel; null where the pixels can't be decoded. */
async function alphaOf(bytes: Buffer) {
  try {
    return await sharp(bytes).extractChannel('alpha').raw().toBuffer({ resolveWithObject: true })
  } catch {
    return null
  }
}

function none(reason: NoMetadataReason, detail: string): NoMetadata {
  return { kind: 'none', reason, detail }
}
