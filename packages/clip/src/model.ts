import { stat } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { Batching } from './batching.ts'
import { chooseDevice, type DeviceChoice, type DeviceWish } from './device.ts'
import type { Device } from './graph.ts'
import { ImageEncoder } from './image-encoder.ts'
import type { WorkerStart } from './inference-task.ts'
import { digestModel } from './model-digest.ts'
import { type ModelDirectory, readModelDirectory } from './model-directory.ts'
import { ModelDirectoryError } from './model-error.ts'
import type { Precision } from './model-graphs.ts'
import { TextEncoder } from './text-encoder.ts'
import type { Overlong } from './tokenizer.ts'
import { WorkerPool } from './worker-pool.ts'

/** How a model is opened; everything has a default. */
export interface OpenModelOptions {
  /** Default `auto`. */
  readonly device?: DeviceWish
  /** GPUs by number; the workers are spread over them. Default: the first one. */
  readonly gpus?: readonly number[]
  /** Default `auto`. */
  readonly precision?: Precision
  /** Inference threads, each with a session of its own; default one a core. */
  readonly workers?: number
  /** Rows of one run; default 32 texts or 8 pictures on a CPU, 512 on a GPU. */
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
  /** Undefined where the directory has no picture tower or no preprocessor_config.json. */
  readonly image: ImageEncoder | undefined
}

/**
 * Rows of one run. A core gains nothing by more than eight pictures, and every session keeps the memory of its largest
 * run: a graph of ViT-B/32's shape 168 MB for 32 pictures and 30 MB for 8. Texts take far less.
 */
const [CPU_TEXTS, CPU_PICTURES, GPU_BATCH] = [32, 8, 512]
/** A GPU wants large batches more than it minds some padding. */
const GPU_LENGTH_STEP = 8

/**
 * Opens a model directory: chooses the device, starts the inference workers and embeds two texts to learn the dimension.
 * @throws ModelDirectoryError when the directory can't be used, DeviceError when the device can't be had.
 */
export async function openModel(directory: string, options: OpenModelOptions = {}): Promise<Model> {
  const precision = options.precision ?? 'auto'
  const found = await readModelDirectory(directory, { precision })
  if (!found.graphs.text) throw new ModelDirectoryError(`The model directory ${directory} has no text_model`)
  const digest = await digestModel(found, options.digestCache)
  const { choice, opened } = await chooseDevice(options.device ?? 'auto', async (device) => {
    const weights = await readModelDirectory(directory, { precision, gpu: device !== 'cpu' })
    return openPool(weights, device, options)
  })
  const { pool, dimension } = opened
  const lanes = pool.size * 2
  const batching = (rows: number) => new Batching(options.batch ?? (choice.device === 'cpu' ? rows : GPU_BATCH), lanes)
  const overlong = options.overlong ?? 'truncate'
  const lengthStep = choice.device === 'cpu' ? 1 : GPU_LENGTH_STEP
  const text = new TextEncoder({ pool, overlong, lengthStep, batching: batching(CPU_TEXTS) })
  const recipe = found.graphs.image === undefined ? undefined : found.picture
  return {
    digest,
    dimension,
    contextLength: found.text.contextLength,
    device: choice,
    precision: opened.precision,
    text,
    image: recipe && new ImageEncoder({ pool, recipe, batching: batching(CPU_PICTURES), dimension }),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

/** Starts the workers and embeds a short and an overlong text, which proves device, tokenizer and context length. */
async function openPool(found: ModelDirectory, device: Device, options: OpenModelOptions) {
  const gpus = options.gpus ?? [0]
  const { workers, threads } = await shareCores(
    found,
    device,
    options.workers ?? (device === 'cpu' ? undefined : gpus.length),
  )
  const path = (name: string | undefined) => (name === undefined ? undefined : join(found.path, name))
  const start = (deviceId: number): WorkerStart => ({
    directory: found.path,
    contextLength: found.text.contextLength,
    padToken: found.text.padToken,
    causal: found.text.causal,
    textGraph: path(found.graphs.text),
    imageGraph: path(found.graphs.image),
    scale: found.picture?.scale ?? [1, 1, 1],
    shift: found.picture?.shift ?? [0, 0, 0],
    session: { device, deviceId, threads },
  })
  const pool = new WorkerPool(Array.from({ length: workers }, (_, at) => start(gpus[at % gpus.length] as number)))
  try {
    await pool.openAll('text')
    const probe = new TextEncoder({ pool, overlong: 'truncate', lengthStep: 1, batching: new Batching(1, 1) })
    const [vector] = await probe.embed(['a photo', 'a photo '.repeat(found.text.contextLength)], { steady: false })
    return { pool, dimension: (vector as Float32Array).length, precision: found.graphs.precision }
  } catch (error) {
    await pool[Symbol.asyncDispose]()
    throw error
  }
}

/**
 * One worker a core with one thread each is fastest, but each has a copy of the weights: as many as fit in a quarter
 * of the memory, and the cores are shared among them.
 */
async function shareCores(found: ModelDirectory, device: Device, wished: number | undefined) {
  const cores = availableParallelism()
  if (device !== 'cpu') return { workers: wished ?? 1, threads: 1 }
  const sizes = await Promise.all(found.graphs.files.map(async (name) => (await stat(join(found.path, name))).size))
  const weights = sizes.reduce((sum, size) => sum + size, 0)
  const fitting = Math.max(1, Math.floor(totalmem() / 4 / weights))
  const workers = wished ?? Math.min(cores, fitting)
  return { workers, threads: Math.max(1, Math.floor(cores / workers)) }
}
