import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Batching } from './batching.ts'
import { chooseDevice, type DeviceChoice, type DeviceWish } from './device.ts'
import { digestModel } from './model-digest.ts'
import { readModelDirectory } from './model-directory.ts'
import type { Precision } from './model-graphs.ts'
import { TextEncoder } from './text-encoder.ts'
import type { Overlong } from './tokenizer.ts'
import { WorkerPool } from './worker-pool.ts'

/** How a model is opened; everything has a default. */
export interface OpenModelOptions {
  /** Default `auto`. */
  readonly device?: DeviceWish
  readonly deviceId?: number
  /** Default `auto`. */
  readonly precision?: Precision
  /** Inference threads, each with a session of its own; default one a core. */
  readonly workers?: number
  /** Rows of one run; default 32 on the CPU. */
  readonly batch?: number
  /** Default `truncate`. */
  readonly overlong?: Overlong
  /** Where digests of large files are remembered, by size and time of change; default: hashed anew each time. */
  readonly digestCache?: string
}

/** An open model. */
export interface Model extends AsyncDisposable {
  /** SHA-256 over the files that decide its vectors, lower-case hex. */
  readonly digest: string
  /** Length of the vectors. */
  readonly dimension: number
  /** Tokens that the text tower takes. */
  readonly contextLength: number
  readonly device: DeviceChoice
  readonly precision: Exclude<Precision, 'auto'>
  readonly text: TextEncoder
}

/**
 * Opens a model directory: chooses the device, starts the inference workers and embeds one text to learn the dimension.
 * @throws ModelDirectoryError when the directory can't be used, DeviceError when the device can't be had.
 */
export async function openModel(directory: string, options: OpenModelOptions = {}): Promise<Model> {
  const found = await readModelDirectory(directory, options.precision ?? 'auto')
  const digest = await digestModel(found, options.digestCache)
  const device = chooseDevice(options.device ?? 'auto')
  const workers = options.workers ?? (device.device === 'cpu' ? availableParallelism() : 1)
  const graphPath = (name: string | undefined) => (name === undefined ? undefined : join(found.path, name))
  const pool = new WorkerPool(workers, {
    directory: found.path,
    contextLength: found.text.contextLength,
    padToken: found.text.padToken,
    causal: found.text.causal,
    textGraph: graphPath(found.graphs.text),
    imageGraph: graphPath(found.graphs.image),
    scale: found.picture?.scale ?? [1, 1, 1],
    shift: found.picture?.shift ?? [0, 0, 0],
    session: { device: device.device, deviceId: options.deviceId ?? 0, threads: 1 },
  })
  try {
    const batching = () => new Batching(options.batch ?? 32, workers * 2)
    const text = new TextEncoder({ pool, overlong: options.overlong ?? 'truncate', batching: batching() })
    const [probe] = await text.embed(['a'])
    return {
      digest,
      dimension: (probe as Float32Array).length,
      contextLength: found.text.contextLength,
      device,
      precision: found.graphs.precision,
      text,
      [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
    }
  } catch (error) {
    await pool[Symbol.asyncDispose]()
    throw error
  }
}
