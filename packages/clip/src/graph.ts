import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { narrow, widen } from './float16.ts'
import { InferenceError, ModelDirectoryError } from './model-error.ts'
import { normalizeRows } from './vector.ts'

/** A device that ONNX Runtime can run a graph on, by the name of its execution provider. */
export type Device = 'cpu' | 'cuda' | 'tensorrt' | 'webgpu' | 'coreml' | 'dml'

/** How a session is opened. */
export interface SessionOptions {
  readonly device: Device
  /** Which of several GPUs. */
  readonly deviceId: number
  /** Threads inside one run, on the CPU. */
  readonly threads: number
}

/** Rows of token ids of one length, padded. */
export interface TokenRows {
  /** `rows × length` ids, row after row. */
  readonly ids: Int32Array
  /** Tokens of each row before its padding. */
  readonly lengths: Int32Array
  readonly length: number
}

/** Pictures as the tower takes them: `rows × 3 × height × width` float32. */
export interface PixelRows {
  readonly values: Float32Array
  readonly rows: number
  readonly height: number
  readonly width: number
}

// Errors come back as exceptions; ONNX Runtime would also print them.
env.logLevel = 'fatal'

type Feeds = Record<string, Tensor>
type Metadata = InferenceSession.ValueMetadata
type TensorMetadata = Metadata & { readonly isTensor: true }

/** One open ONNX graph, fed by its own input names; its vectors come back with unit length. */
export class Graph {
  readonly #session: InferenceSession
  readonly #inputs: readonly TensorMetadata[]

  /** Opens the file on the device; execution providers never fall back, so this throws when the device can't be had. */
  static async open(file: string, options: SessionOptions): Promise<Graph> {
    const provider = options.device === 'cpu' ? 'cpu' : { name: options.device, deviceId: options.deviceId }
    const session = await createSession(file, options.device, {
      executionProviders: [provider],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    })
    return new Graph(session)
  }

  private constructor(session: InferenceSession) {
    this.#session = session
    this.#inputs = session.inputMetadata.filter((input) => input.isTensor)
  }

  /** Text vectors, `rows × dimension`. */
  async text(tokens: TokenRows): Promise<Float32Array> {
    const rows = tokens.lengths.length
    return this.#run('text', rows, (input) => {
      if (/pixel/.test(input.name)) return zeros(input, 1)
      return integers(input, [rows, tokens.length], textInput(input.name, tokens))
    })
  }

  /** Picture vectors, `rows × dimension`. */
  async image(pixels: PixelRows): Promise<Float32Array> {
    return this.#run('image', pixels.rows, (input) => {
      if (/ids|mask/.test(input.name)) return integers(input, [1, 1], new Int32Array([1]))
      return floats(input, [pixels.rows, 3, pixels.height, pixels.width], pixels.values)
    })
  }

  async close(): Promise<void> {
    await this.#session.release()
  }

  async #run(role: 'text' | 'image', rows: number, feed: (input: TensorMetadata) => Tensor): Promise<Float32Array> {
    const feeds: Feeds = Object.fromEntries(this.#inputs.map((input) => [input.name, feed(input)]))
    const output = outputName(this.#session.outputNames, role)
    const results = await this.#session.run(feeds, [output]).catch((cause) => {
      throw runError(role, cause)
    })
    const tensor = results[output] as Tensor
    const values = tensor.type === 'float16' ? widen(tensor.data as Uint16Array) : (tensor.data as Float32Array)
    const vectors = Float32Array.from(values)
    const dimension = vectors.length / rows
    if (tensor.dims.length !== 2 || tensor.dims[0] !== rows) {
      throw new InferenceError(
        `The graph's ${output} has the shape ${tensor.dims.join(' × ')}, not ${rows} × dimension.`,
      )
    }
    normalizeRows(vectors, dimension)
    return vectors
  }
}

/** On the CPU nothing but the file can be wrong. */
async function createSession(file: string, device: Device, options: InferenceSession.SessionOptions) {
  try {
    return await InferenceSession.create(file, options)
  } catch (cause) {
    if (device !== 'cpu') throw cause
    throw new ModelDirectoryError(`${file} can't be opened as an ONNX graph (${reasonOf(cause)})`, { cause })
  }
}

/** What ONNX Runtime says that a person can use, in one line: without places in its own source. */
function reasonOf(error: unknown): string {
  return (error as Error).message
    .replace(/\/onnxruntime_src\/.*\) (?=\S)/, '')
    .replace(/^Load model from .* failed:/, '')
    .replace(/^Non-zero status code returned while running (\w+) node.*Status Message: /, '$1: ')
    .replace(/Please fix either the inputs\/outputs or the model/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '')
}

/** Inputs that a graph refuses were made by the directory's other files; whatever else went wrong is told as it is. */
function runError(role: 'text' | 'image', cause: unknown): Error {
  const reason = reasonOf(cause)
  if (!/invalid dimensions|out of data bounds|broadcast/i.test(reason)) {
    return new InferenceError(`The ${role} graph failed (${reason}).`, { cause })
  }
  const files = role === 'text' ? 'tokenizer.json and config.json' : 'preprocessor_config.json'
  return new ModelDirectoryError(`The ${role} graph can't take inputs made by ${files} (${reason})`, { cause })
}

/** The output with the projected vectors: `text_embeds` or `image_embeds`, or a graph's only output of another name. */
function outputName(names: readonly string[], role: 'text' | 'image'): string {
  const only = names.length === 1 && !/^(text|image)_embeds$/.test(names[0] as string) ? names[0] : undefined
  const named = names.find((name) => name === `${role}_embeds`) ?? only
  if (named === undefined) {
    throw new ModelDirectoryError(`The ${role} graph has the outputs ${names.join(', ')}, and no ${role}_embeds`)
  }
  return named
}

function textInput(name: string, { ids, lengths, length }: TokenRows): Int32Array {
  if (/mask/.test(name)) return ids.map((_, at) => (at % length < (lengths[Math.floor(at / length)] ?? 0) ? 1 : 0))
  if (/position/.test(name)) return ids.map((_, at) => at % length)
  if (/token_type/.test(name)) return new Int32Array(ids.length)
  return ids
}

function integers(input: TensorMetadata, dims: readonly number[], values: Int32Array): Tensor {
  if (input.type === 'int32') return new Tensor('int32', values, dims)
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims)
}

function floats(input: TensorMetadata, dims: readonly number[], values: Float32Array): Tensor {
  if (input.type === 'float16') return new Tensor('float16', narrow(values), dims)
  return new Tensor('float32', values, dims)
}

/** A tensor of zeros for an input that the wanted output doesn't depend on; unknown sizes are one, but for pictures. */
function zeros(input: TensorMetadata, rows: number): Tensor {
  const dims = input.shape.map((size, axis) =>
    axis === 0 ? rows : typeof size === 'number' ? size : axis === 1 ? 3 : 224,
  )
  const count = dims.reduce((product, size) => product * size, 1)
  return floats(input, dims, new Float32Array(count))
}
