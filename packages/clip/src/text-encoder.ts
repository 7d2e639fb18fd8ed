import type { Batching } from './batching.ts'
import type { TokenizedBuffers } from './inference-task.ts'
import { lengthGroups } from './length-groups.ts'
import type { Overlong, TokenizedText } from './tokenizer.ts'
import { meanVector } from './vector.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Texts to tokenize in one task: long enough to be worth a message, short enough to spread over the workers. */
const TOKENIZE_ROWS = 256

/** How a text encoder works. */
export interface TextEncoderOptions {
  readonly pool: WorkerPool
  readonly overlong: Overlong
  readonly batching: Batching
  /** Sequences share a batch when their lengths, in steps of this, are the same. */
  readonly lengthStep: number
}

/** What one call may add. */
export interface EncodeOptions {
  /** Stops before the next batch; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Told after each batch, with the number of sequences or pictures in it. */
  readonly progress?: ((rows: number) => void) | undefined
  /**
   * Whether vectors must have the same bytes however many are made at a time: a row that is alone in its batch then
   * costs two. Default: unless it is the only one, as a question in a search is.
   */
  readonly steady?: boolean | undefined
}

/** The text half of a model: tokens and unit vectors, made in worker threads. */
export class TextEncoder {
  readonly #options: TextEncoderOptions

  constructor(options: TextEncoderOptions) {
    this.#options = options
  }

  /** Token ids of each text, in order, after the reference's cleaning. */
  async tokenize(texts: readonly string[], { signal }: EncodeOptions = {}): Promise<TokenizedText[]> {
    const parts: Promise<TokenizedBuffers>[] = []
    for (let start = 0; start < texts.length; start += TOKENIZE_ROWS) {
      const task = {
        kind: 'tokenize',
        texts: texts.slice(start, start + TOKENIZE_ROWS),
        overlong: this.#options.overlong,
      } as const
      parts.push(this.#options.pool.run(task))
    }
    const buffers = await Promise.all(parts)
    signal?.throwIfAborted()
    return buffers.flatMap(unpack)
  }

  /**
   * One unit vector a text, in order. On the CPU a batch holds sequences of one length, and shorter ones that have no
   * other of theirs; in fp32 a vector doesn't depend on the texts beside it, to the last bit. On a GPU, lengths within
   * 8 share a batch.
   */
  async encode(texts: readonly TokenizedText[], options: EncodeOptions = {}): Promise<Float32Array[]> {
    const sequences = texts.flatMap((text) => text.sequences)
    const lengthOf = (at: number) => (sequences[at] as Int32Array).length
    const order = Array.from(sequences, (_, at) => at).sort((a, b) => lengthOf(b) - lengthOf(a) || a - b)
    const { lengthStep } = this.#options
    const groups = lengthGroups(order.map(lengthOf), lengthStep)
    const groupOf = new Int32Array(order.length)
    order.forEach((at, place) => {
      groupOf[at] = groups[place] as number
    })
    const together = (a: number, b: number) => groupOf[a] === groupOf[b]
    const vectors = new Array<Float32Array>(sequences.length)
    const work = async (batch: readonly number[]) => {
      const result = await this.#embed(
        batch.map((at) => sequences[at] as Int32Array),
        options.steady ?? sequences.length > 1,
      )
      const dimension = result.length / batch.length
      batch.forEach((at, row) => {
        vectors[at] = result.slice(row * dimension, (row + 1) * dimension)
      })
    }
    await this.#options.batching.run(order, { work, together }, options)
    let next = 0
    return texts.map((text) => {
      const own = vectors.slice(next, next + text.sequences.length)
      next += text.sequences.length
      return meanVector(own)
    })
  }

  /** The unit vector of each text: `tokenize` and `encode` in one. */
  async embed(texts: readonly string[], options: EncodeOptions = {}): Promise<Float32Array[]> {
    return this.encode(await this.tokenize(texts, options), options)
  }

  #embed(sequences: readonly Int32Array[], steady: boolean): Promise<Float32Array> {
    const lengths = Int32Array.from(sequences, (ids) => ids.length)
    const ids = new Int32Array(lengths.reduce((sum, count) => sum + count, 0))
    let at = 0
    for (const sequence of sequences) {
      ids.set(sequence, at)
      at += sequence.length
    }
    const task = { kind: 'text', ids, lengths, steady } as const
    return this.#options.pool.run(task, [ids.buffer, lengths.buffer])
  }
}

function unpack({ ids, lengths, counts, flags }: TokenizedBuffers): TokenizedText[] {
  let sequence = 0
  let at = 0
  return Array.from(counts, (count, text) => {
    const sequences = Array.from({ length: count }, () => {
      const end = at + (lengths[sequence++] as number)
      const one = ids.subarray(at, end)
      at = end
      return one
    })
    const flag = flags[text] as number
    return { sequences, overlong: (flag & 1) !== 0, empty: (flag & 2) !== 0 }
  })
}
