import { parentPort, workerData } from 'node:worker_threads'
import { Graph } from './graph.ts'
import type {
  FromWorker,
  ImageTask,
  Task,
  TextTask,
  TokenizedBuffers,
  TokenizeTask,
  ToWorker,
  WorkerStart,
} from './inference-task.ts'
import { ClipTokenizer } from './tokenizer.ts'

const start = workerData as WorkerStart
const port = parentPort as NonNullable<typeof parentPort>
const graphs = new Map<string, Promise<Graph>>()
let tokenizer: Promise<ClipTokenizer> | undefined
let queue = Promise.resolve()
/** What each of the 256 values of a channel becomes. */
const SCALED = [0, 1, 2].map((channel) =>
  Float32Array.from({ length: 256 }, (_, value) => {
    return value * (start.scale[channel] as number) + (start.shift[channel] as number)
  }),
)
// Tasks come one after the other, and fresh memory of 19 MB a batch costs more than filling it.
let scratch = new Float32Array(0)

port.on('message', (message: ToWorker) => {
  queue = queue.then(() => ('close' in message ? close() : answer(message.id, message.task)))
})

async function answer(id: number, task: Task): Promise<void> {
  try {
    const result = await work(task)
    const reply: FromWorker = { id, result }
    port.postMessage(reply, buffersOf(result))
  } catch (error) {
    const { message, exitCode = 1 } = error as Error & { exitCode?: 1 | 2 }
    const reply: FromWorker = { id, error: { message, exitCode } }
    port.postMessage(reply)
  }
}

function buffersOf(result: TokenizedBuffers | Float32Array | undefined): ArrayBuffer[] {
  if (result === undefined) return []
  const arrays = result instanceof Float32Array ? [result] : [result.ids, result.lengths, result.counts, result.flags]
  return arrays.map((array) => array.buffer as ArrayBuffer)
}

async function work(task: Task): Promise<TokenizedBuffers | Float32Array | undefined> {
  if (task.kind === 'tokenize') return tokenize(task)
  if (task.kind === 'text') return embedText(task)
  if (task.kind === 'image') return embedImages(task)
  await Promise.all([graph(task.role), task.role === 'text' ? loadTokenizer() : undefined])
  return undefined
}

/** The session ends before the thread does: to end a thread within a run aborts the whole process. */
async function close(): Promise<void> {
  for (const one of graphs.values()) await one.then((open) => open.close()).catch(() => undefined)
  port.close()
}

async function graph(role: 'text' | 'image'): Promise<Graph> {
  const path = (role === 'text' ? start.textGraph : start.imageGraph) as string
  let opening = graphs.get(path)
  if (!opening) {
    opening = Graph.open(path, start.session)
    graphs.set(path, opening)
  }
  return opening
}

async function loadTokenizer(): Promise<ClipTokenizer> {
  tokenizer ??= ClipTokenizer.load(start.directory, start.contextLength, start.padToken)
  return tokenizer
}

async function tokenize({ texts, overlong }: TokenizeTask): Promise<TokenizedBuffers> {
  const encoder = await loadTokenizer()
  const encoded = texts.map((text) => encoder.encode(text, overlong))
  const sequences = encoded.flatMap((one) => one.sequences)
  const lengths = Int32Array.from(sequences, (ids) => ids.length)
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const sequence of sequences) {
    ids.set(sequence, at)
    at += sequence.length
  }
  const counts = Int32Array.from(encoded, (one) => one.sequences.length)
  const flags = Uint8Array.from(encoded, (one) => (one.overlong ? 1 : 0) | (one.empty ? 2 : 0))
  return { ids, lengths, counts, flags }
}

async function embedText({ ids, lengths, steady }: TextTask): Promise<Float32Array> {
  if (steady && lengths.length === 1) {
    const [twiceIds, twiceLengths] = [Int32Array.of(...ids, ...ids), Int32Array.of(...lengths, ...lengths)]
    return firstHalf(await embedText({ kind: 'text', ids: twiceIds, lengths: twiceLengths, steady }))
  }
  const { padId } = await loadTokenizer()
  const length = start.causal ? Math.max(...lengths) : start.contextLength
  const padded = new Int32Array(lengths.length * length).fill(padId)
  let from = 0
  lengths.forEach((count, row) => {
    padded.set(ids.subarray(from, from + count), row * length)
    from += count
  })
  return (await graph('text')).text({ ids: padded, lengths, length })
}

async function embedImages({ pixels, height, width, steady }: ImageTask): Promise<Float32Array> {
  const area = height * width
  const rows = pixels.length / (area * 3)
  if (steady && rows === 1) {
    const twice = new Uint8Array(pixels.length * 2)
    twice.set(pixels)
    twice.set(pixels, pixels.length)
    return firstHalf(await embedImages({ kind: 'image', pixels: twice, height, width, steady }))
  }
  return (await graph('image')).image({ values: normalized(pixels, area), rows, height, width })
}

/** Pixels as the tower takes them, channel by channel; overwritten by the next batch. */
function normalized(pixels: Uint8Array, area: number): Float32Array {
  if (scratch.length < pixels.length) scratch = new Float32Array(pixels.length)
  const values = scratch.subarray(0, pixels.length)
  const [red, green, blue] = SCALED as [Float32Array, Float32Array, Float32Array]
  for (let base = 0; base < pixels.length; base += area * 3) {
    for (let at = 0, from = base; at < area; at++, from += 3) {
      values[base + at] = red[pixels[from] as number] as number
      values[base + area + at] = green[pixels[from + 1] as number] as number
      values[base + area * 2 + at] = blue[pixels[from + 2] as number] as number
    }
  }
  return values
}

/** ONNX Runtime multiplies a single row by a vector routine that rounds otherwise than the one for matrices. */
function firstHalf(vectors: Float32Array): Float32Array {
  return vectors.slice(0, vectors.length / 2)
}
