import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Model, openModel } from '@promptloom/clip/model'
import type { StageContext } from '@promptloom/runner/stage'
import type { EmbedOptions } from './options.ts'
import { pictureTables } from './shards.ts'
import { VectorCache } from './vector-cache.ts'

/** What all shards of a run share: the open model, and vectors that are known already. */
export class Embedder implements AsyncDisposable {
  readonly model: Model
  readonly cache: VectorCache
  readonly #identity: string

  /** Opens the model that the options name, and the cache in the workspace. */
  static async open(context: StageContext<EmbedOptions>): Promise<Embedder> {
    const { options, workspace, log } = context
    const { model, device, precision, overlong, gpus, batch, workers } = options
    const opened = await openModel(model, {
      device,
      precision,
      overlong,
      ...(gpus === undefined ? {} : { gpus }),
      ...(batch === undefined ? {} : { batch }),
      ...(workers === undefined ? {} : { workers }),
      digestCache: digestCache(workspace),
    })
    const { digest, dimension } = opened
    log.info('model opened', { model, digest, dimension, device: opened.device.reason, precision: opened.precision })
    if (opened.precision === 'int8' || opened.precision === 'q4') log.warn(reducedWeights(opened.precision))
    if (!opened.image && pictureTables(context).length > 0) {
      log.warn(`Pictures are left out: ${model} has no vision_model, or no preprocessor_config.json to go with it.`)
    }
    return new Embedder(opened, await VectorCache.open(join(workspace, 'cache', 'vectors.lmdb')))
  }

  private constructor(model: Model, cache: VectorCache) {
    this.model = model
    this.cache = cache
    // Devices and precisions round differently; a vector must not depend on where an earlier run was.
    this.#identity = [model.digest, model.device.device, model.precision].join('\0')
  }

  /** The cache's key of some content under this model. */
  keyOf(kind: 'text' | 'image', content: Uint8Array): string {
    return createHash('sha256').update(`${this.#identity}\0${kind}\0`).update(content).digest('base64').slice(0, 24)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model[Symbol.asyncDispose]()
    await this.cache[Symbol.asyncDispose]()
  }
}

/** What is said whenever vectors come from weights that nobody chose by accident, but may have forgotten. */
function reducedWeights(precision: string): string {
  return `Vectors are made with ${precision} weights (embed.precision): near those of fp32, not equal, and not the same bytes in every batch.`
}

/** The embedder of this run, opened on first use and closed with the stage. */
export function openEmbedder(context: StageContext<EmbedOptions>): Promise<Embedder> {
  return context.open('embedder', () => Embedder.open(context))
}

/** Where digests of model files are remembered. */
export function digestCache(workspace: string): string {
  return join(workspace, 'cache', 'model-digests.json')
}
