import type { Batching } from './batching.ts'
import { InferenceError } from './model-error.ts'
import { decodePicture, PictureError } from './picture.ts'
import type { PictureRecipe } from './picture-recipe.ts'
import type { EncodeOptions } from './text-encoder.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Gives a picture's bytes when they are needed, and not before. */
export type PictureSource = () => Promise<Uint8Array>

/** How an image encoder works. */
export interface ImageEncoderOptions {
  readonly pool: WorkerPool
  readonly recipe: PictureRecipe
  readonly batching: Batching
  /** Length of the model's text vectors, which its picture vectors must have, too. */
  readonly dimension: number
}

/** The picture half of a model: pixels on libuv's threads, unit vectors in worker threads, both at the same time. */
export class ImageEncoder {
  readonly #options: ImageEncoderOptions

  constructor(options: ImageEncoderOptions) {
    this.#options = options
  }

  /** What a decoded picture becomes. */
  get recipe(): PictureRecipe {
    return this.#options.recipe
  }

  /**
   * Opens the picture tower in every worker and proves it on a black picture; without it, each worker opens it when its
   * first picture comes.
   * @throws InferenceError when it can't be opened, or takes or gives something else than the directory says.
   */
  async open(): Promise<void> {
    const { pool, recipe } = this.#options
    await pool.openAll('image')
    await this.encode([new Uint8Array(recipe.height * recipe.width * 3)])
  }

  /**
   * One unit vector a picture, in order, or the PictureError of one that can't be decoded. Pictures are read, decoded
   * and embedded batch by batch: only the batches in work are in memory.
   */
  async embed(
    sources: readonly PictureSource[],
    options: EncodeOptions = {},
  ): Promise<(Float32Array | PictureError)[]> {
    const results = new Array<Float32Array | PictureError>(sources.length)
    const decoded = new Map<number, Uint8Array>()
    const rows = Array.from(sources, (_, at) => at)
    const prepare = async (batch: readonly number[]) => {
      await Promise.all(
        batch.map(async (at) => {
          const pixels = await this.#decode(sources[at] as PictureSource)
          if (pixels instanceof PictureError) results[at] = pixels
          else decoded.set(at, pixels)
        }),
      )
      return batch.filter((at) => decoded.has(at))
    }
    const work = async (batch: readonly number[]) => {
      if (batch.length === 0) return
      const vectors = await this.encode(
        batch.map((at) => decoded.get(at) as Uint8Array),
        options.steady ?? sources.length > 1,
      )
      batch.forEach((at, row) => {
        results[at] = vectors[row] as Float32Array
        decoded.delete(at)
      })
    }
    await this.#options.batching.run(rows, { prepare, work }, options)
    return results
  }

  /** The unit vectors of decoded pictures, `height × width × 3` bytes each, in one run of the graph. */
  async encode(pixels: readonly Uint8Array[], steady = false): Promise<Float32Array[]> {
    const { height, width } = this.#options.recipe
    const size = height * width * 3
    const all = new Uint8Array(pixels.length * size)
    pixels.forEach((one, row) => {
      all.set(one, row * size)
    })
    const result = await this.#options.pool.run({ kind: 'image', pixels: all, height, width, steady } as const, [
      all.buffer,
    ])
    const { dimension } = this.#options
    if (result.length !== pixels.length * dimension) throw otherDimension(result.length / pixels.length, dimension)
    return pixels.map((_, row) => result.slice(row * dimension, (row + 1) * dimension))
  }

  async #decode(source: PictureSource): Promise<Uint8Array | PictureError> {
    const bytes = await source()
    try {
      return await decodePicture(bytes, this.#options.recipe)
    } catch (error) {
      if (error instanceof PictureError) return error
      throw error
    }
  }
}

function otherDimension(image: number, text: number): InferenceError {
  const message = `The picture tower gives vectors of ${image} components and the text tower of ${text}: they are of two models; run "promptloom model pull" to get one, or give another directory.`
  return new InferenceError(message, { exitCode: 2 })
}
