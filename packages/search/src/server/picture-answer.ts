import { createHash } from 'node:crypto'
import sharp from 'sharp'
import type { Collection } from '../collection.ts'
import { RowNotFoundError } from '../search-error.ts'
import type { RouteReply } from './route.ts'

/** An id's picture never changes in a way that matters for a day; its ETag tells afterwards. */
const CACHE = 'private, max-age=86400'
const THUMBNAIL_QUALITY = 78

/** What the stored pictures may be, by their first bytes. */
const TYPES: readonly (readonly [string, string])[] = [
  ['ffd8ff', 'image/jpeg'],
  ['89504e47', 'image/png'],
  ['47494638', 'image/gif'],
  ['52494646', 'image/webp'],
]

/** Which picture, how large, and what the client has already. */
export interface PictureRequest {
  readonly id: string
  /** Pixels of the longer side of a thumbnail; undefined for the picture as it is stored. */
  readonly size?: number
  readonly headers: Headers
}

/**
 * A row's stored picture, or a WebP of it that fits into a square.
 * @throws RowNotFoundError where no picture is kept for the id.
 */
export async function pictureAnswer({ pictures }: Collection, request: PictureRequest): Promise<RouteReply> {
  const { id, size, headers } = request
  const bytes = await pictures?.read(id)
  if (!bytes) throw new RowNotFoundError(`There is no local picture for the id "${id.slice(0, 60)}".`)
  const etag = `"${createHash('sha256').update(bytes).update(`${size}`).digest('base64url').slice(0, 22)}"`
  const caching = { etag, 'cache-control': CACHE }
  const had = headers
    .get('if-none-match')
    ?.split(',')
    .map((one) => one.trim())
  if (had?.includes(etag)) return { unchanged: true, headers: caching }
  if (size !== undefined) return { bytes: await shrink(bytes, size), type: 'image/webp', headers: caching }
  const magic = bytes.toString('hex', 0, 4)
  const type = TYPES.find(([start]) => magic.startsWith(start))?.[1] ?? 'application/octet-stream'
  return { bytes, type, headers: caching }
}

/** Fits a picture into a square of `size` pixels; smaller ones keep their size. */
export async function shrink(bytes: Uint8Array, size: number): Promise<Buffer> {
  return sharp(bytes)
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: THUMBNAIL_QUALITY, effort: 1 })
    .toBuffer()
}
