import { openModel } from '@promptloom/clip/model'
import type { DualEncoder } from './evaluation.ts'

/**
 * Opens a model directory through the code that opens CLIP.
 * @throws ModelDirectoryError for a directory without both towers, PictureError for a picture that can't be decoded
 */
export async function openDualEncoder(directory: string): Promise<DualEncoder & AsyncDisposable> {
  const model = await openModel(directory, { device: 'cpu' })
  return {
    texts: (texts) => model.text.embed(texts),
    pictures: async (pictures) => {
      const vectors = await model.image?.embed(pictures.map((bytes) => async () => bytes))
      if (!vectors) throw new TypeError(`${directory} has no picture tower`)
      return vectors.map((vector) => {
        if (vector instanceof Float32Array) return vector
        throw vector
      })
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  }
}
