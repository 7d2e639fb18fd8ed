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
  const values = new Float32Array(pixels.length)
  for (let channel = 0; channel < 3; channel++) {
    const scale = start.scale[channel] as number
    const shift = start.shift[channel] as number
    for (let row = 0; row < rows; row++) {
      const base = row * area * 3
      const target = base + channel * area
      for (let at = 0; at < area; at++)
        values[target + at] = (pixels[base + at * 3 + channel] as number) * scale + shift
    }
  }
  return (await graph('image')).image({ values, rows, height, width })
}

/** ONNX Runtime multiplies a single row by a vector routine that rounds otherwise than the one for matrices. */
function firstHalf(vectors: Float32Array): Float32Array {
  return vectors.slice(0, vectors.length / 2)
}
