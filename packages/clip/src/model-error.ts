/** What the command line says of a model directory that lacks something. */
const PULL = 'run "promptloom model pull" to get a model, or give another directory'

/** An error that is told to the user as one sentence and ends the program with its exit code. */
export abstract class ClipError extends Error {
  abstract readonly exitCode: 1 | 2
  /** Whether the same call may succeed later. */
  readonly retryable: boolean = false
  override get name(): string {
    return this.constructor.name
  }
}

/** A model directory is missing, incomplete or not of the CLIP family. Exit code 2. */
export class ModelDirectoryError extends ClipError {
  readonly exitCode = 2
  /** `problem` names the directory and what it lacks; the next step is added, unless another one is given. */
  constructor(problem: string, { next = PULL, ...options }: ErrorOptions & { readonly next?: string } = {}) {
    super(`${problem}; ${next}.`, options)
  }
}

/** The device that was asked for can't be used on this machine. Exit code 2. */
export class DeviceError extends ClipError {
  readonly exitCode = 2
}

/**
 * Inference failed: the graph refused its input, gave no usable vectors, or its worker died. Exit code 1, or 2 where
 * a worker found that the model directory can't be used.
 */
export class InferenceError extends ClipError {
  readonly exitCode: 1 | 2
  constructor(message: string, options: ErrorOptions & { readonly exitCode?: 1 | 2 } = {}) {
    super(message, options)
    this.exitCode = options.exitCode ?? 1
  }
}
