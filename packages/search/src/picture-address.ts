import type { PoliteClient } from '@promptloom/http/client'
import { RequestFailure } from '@promptloom/http/failure'
import { PictureRefusedError } from './search-error.ts'

/** Longest picture that a question may bring, in bytes: what `fetch-images` takes by default. */
export const PICTURE_BYTES = 20 * 1024 * 1024

/**
 * Fetches pictures that questions name by address, through the polite client: its guard refuses private networks on
 * every hop, its caps bound bytes, redirects and time.
 */
export function pictureFetcher(
  client: PoliteClient,
  maxBytes = PICTURE_BYTES,
): (url: string, signal?: AbortSignal) => Promise<Uint8Array> {
  return async (url, signal) => {
    signal?.throwIfAborted()
    try {
      return await client.get(url, { maxBytes, accept: 'image/*' }, async ({ body }) => body)
    } catch (cause) {
      if (!(cause instanceof RequestFailure)) throw cause
      throw new PictureRefusedError(`The picture cannot be fetched: ${cause.message}`, { cause })
    }
  }
}
