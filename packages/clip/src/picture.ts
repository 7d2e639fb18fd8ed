import sharp, { type Sharp } from 'sharp'
import { ClipError } from './model-error.ts'
import type { PictureRecipe } from './picture-recipe.ts'

/** A picture's bytes can't be decoded. It concerns one row; retrying cures nothing. */
export class PictureError extends ClipError {
  readonly exitCode = 1
}

// No picture is decoded twice, and remembering how it was done took a twentieth of the time.
sharp.cache(false)

/** More pixels than any generator makes are an attack or a mistake. */
const MOST_PIXELS = 100_000_000

/**
 * Decodes a JPEG, PNG, WebP or GIF and resizes and crops it as the reference does: `height × width × 3` bytes, row by
 * row. The shorter side is resized with libvips' antialiased kernel, the longer one truncated to whole pixels, then
 * the centre is cut out. Transparency is dropped, EXIF orientation and colour profiles are not applied, as in PIL.
 * @throws PictureError when the bytes are no such picture or are damaged.
 */
export async function decodePicture(bytes: Uint8Array, recipe: PictureRecipe): Promise<Uint8Array> {
  if (!isPicture(bytes)) throw new PictureError('These bytes are not a JPEG, PNG, WebP or GIF picture.')
  try {
    const source = sharp(bytes, {
      failOn: 'error',
      limitInputPixels: MOST_PIXELS,
      sequentialRead: true,
      ignoreIcc: true,
    })
    const { width, height, hasAlpha } = await source.metadata()
    // libvips would weigh colours by their transparency while resizing; PIL drops it before.
    const opaque = hasAlpha ? await withoutAlpha(source) : source
    const size = resized(width, height, recipe)
    const shaped = opaque.resize({ ...size, fit: 'fill', kernel: recipe.kernel, fastShrinkOnLoad: false })
    return await cropped(shaped, size, recipe).toColourspace('srgb').removeAlpha().raw().toBuffer()
  } catch (cause) {
    throw new PictureError(`The picture can't be decoded: ${(cause as Error).message.trim()}.`, { cause })
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

async function withoutAlpha(source: Sharp): Promise<Sharp> {
  const { data, info } = await source
    .clone()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
}

function resized(width: number, height: number, { resize }: PictureRecipe): Size {
  if (resize === undefined) return { width, height }
  if (!('shortest' in resize)) return { width: resize.width, height: resize.height }
  const { shortest } = resize
  return width <= height
    ? { width: shortest, height: Math.trunc((shortest * height) / width) }
    : { width: Math.trunc((shortest * width) / height), height: shortest }
}

/** The centre; where the picture is smaller than the tensor, black around it. */
function cropped(picture: Sharp, size: Size, { width, height }: PictureRecipe): Sharp {
  const left = Math.floor((size.width - width) / 2)
  const top = Math.floor((size.height - height) / 2)
  const kept = { width: Math.min(size.width, width), height: Math.min(size.height, height) }
  const cut = picture.extract({ left: Math.max(0, left), top: Math.max(0, top), ...kept })
  if (kept.width === width && kept.height === height) return cut
  const before = { left: Math.max(0, -left), top: Math.max(0, -top) }
  const after = { right: width - kept.width - before.left, bottom: height - kept.height - before.top }
  return cut.extend({ ...before, ...after, background: 'black' })
}

/** By its first bytes: libvips would also take formats like SVG, which read other files. */
function isPicture(bytes: Uint8Array): boolean {
  const starts = (at: number, text: string) =>
    [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0))
  return (
    starts(0, '\xff\xd8\xff') || starts(0, '\x89PNG') || starts(0, 'GIF8') || (starts(0, 'RIFF') && starts(8, 'WEBP'))
  )
}
