import type { SessionOptions } from './graph.ts'
import type { Overlong } from './tokenizer.ts'

/** What an inference worker is started with. */
export interface WorkerStart {
  readonly directory: string
  readonly contextLength: number
  readonly padToken: string | undefined
  /** Whether rows are padded to their own longest or to the context length. */
  readonly causal: boolean
  /** Absolute paths of the graphs; a joint graph has one path twice. */
  readonly textGraph: string | undefined
  readonly imageGraph: string | undefined
  readonly scale: readonly [number, number, number]
  readonly shift: readonly [number, number, number]
  readonly session: SessionOptions
}

/** Texts to tokenize. */
export interface TokenizeTask {
  readonly kind: 'tokenize'
  readonly texts: readonly string[]
  readonly overlong: Overlong
}

/** Many tokenized texts in few buffers, so that they cross threads without copying. */
export interface TokenizedBuffers {
  /** Ids of all sequences, one after the other. */
  readonly ids: Int32Array
  /** Tokens of each sequence. */
  readonly lengths: Int32Array
  /** Sequences of each text. */
  readonly counts: Int32Array
  /** Per text: bit 0 overlong, bit 1 empty. */
  readonly flags: Uint8Array
}

/**
 * Sequences to embed; the worker pads them. `steady`: the vectors must have the bytes that they have among others, so
 * that a row which is alone is run with a copy of itself.
 */
export interface TextTask {
  readonly kind: 'text'
  readonly ids: Int32Array
  readonly lengths: Int32Array
  readonly steady: boolean
}

/** Pictures to embed, `rows × height × width × 3` bytes; the worker scales them and orders them by channel. */
export interface ImageTask {
  readonly kind: 'image'
  readonly pixels: Uint8Array
  readonly height: number
  readonly width: number
  readonly steady: boolean
}

/** Opens a graph ahead of its first use, to learn whether it can be opened. */
export interface OpenTask {
  readonly kind: 'open'
  readonly role: 'text' | 'image'
}

/** One job of an inference worker. */
export type Task = TokenizeTask | TextTask | ImageTask | OpenTask

/** The result of a task by its kind: tokens, or `rows × dimension` unit vectors. */
export type TaskResult<T extends Task> = T extends TokenizeTask
  ? TokenizedBuffers
  : T extends OpenTask
    ? undefined
    : Float32Array

/** What goes to a worker; `close` lets it end by itself once earlier tasks are done. */
export type ToWorker = { readonly id: number; readonly task: Task } | { readonly close: true }

/** What comes back. An error crosses as its message and exit code, for its class would be lost. */
export type FromWorker = { readonly id: number } & (
  | { readonly result: TokenizedBuffers | Float32Array | undefined }
  | { readonly error: { readonly message: string; readonly exitCode: 1 | 2 } }
)
