import type { Model } from '@promptloom/clip/model'
import { PictureError } from '@promptloom/clip/picture'
import type { Encoder } from './collection.ts'
import { PictureRefusedError } from './search-error.ts'

/** What a model is called, and how a question's pictures are made ready for it. */
export interface ModelEncoderOptions {
  /** Name to show. */
  readonly name: string
  /** What the model is a stand-in for, where it is one. */
  readonly standIn?: string | undefined
  /**
   * Checks a picture and makes of it what `fetch-images` would store, so that a question's picture meets the limits
   * and the preprocessing of the collection's. Throws PictureRefusedError. Default: as it is; the model's own decoder
   * takes JPEG, PNG, WebP and GIF of up to 100 million pixels.
   */
  readonly preparePicture?: (bytes: Uint8Array) => Promise<Uint8Array>
}

/** A model of `@promptloom/clip` as search uses it. Pictures are only taken by models that have a picture tower. */
export function modelEncoder(model: Model, options: ModelEncoderOptions): Encoder {
  const { name, standIn, preparePicture = async (bytes: Uint8Array) => bytes } = options
  const { digest, dimension, text, image } = model
  const base: Encoder = {
    digest,
    dimension,
    name,
    standIn,
    async embedTexts(texts, signal) {
      const tokenized = await text.tokenize(texts, { signal })
      const vectors = await text.encode(tokenized, { signal })
      return vectors.map((vector, at) => ({ vector, overlong: tokenized[at]?.overlong ?? false }))
    },
  }
  if (!image) return base
  return {
    ...base,
    async embedPictures(pictures, signal) {
      const ready = await Promise.all(pictures.map(preparePicture))
      const vectors = await image.embed(
        ready.map((bytes) => async () => bytes),
        { signal },
      )
      return vectors.map(usable)
    },
  }
}

function usable(result: Float32Array | PictureError): Float32Array {
  if (result instanceof PictureError) throw new PictureRefusedError(result.message, { cause: result })
  return result
}
