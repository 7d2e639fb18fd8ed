import sharp from 'sharp'
import type { PaintParameters, Picture } from './back-end.ts'
import { GeneratorError } from './generator-error.ts'

const MEDIA_TYPES: ReadonlyMap<string, Picture['mediaType']> = new Map([
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
])

const MOST_PIXELS = 100_000_000

/**
 * Checks that the bytes are a whole picture, by decoding it, and measures it.
 *
 * @param label the back end, for the message
 * @throws GeneratorError `generator_malformed`
 */
export async function paintedPicture(bytes: Uint8Array, parameters: PaintParameters, label: string): Promise<Picture> {
  try {
    const picture = sharp(bytes, { failOn: 'truncated', limitInputPixels: MOST_PIXELS })
    const { format, width, height } = await picture.metadata()
    const mediaType = MEDIA_TYPES.get(format ?? '')
    if (mediaType === undefined) throw new TypeError(`the format is ${format}`)
    await picture.raw().toBuffer()
    return { bytes, mediaType, width, height, parameters }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new GeneratorError('generator_malformed', `${label} sent a picture that can't be read (${why}).`, { cause })
  }
}
