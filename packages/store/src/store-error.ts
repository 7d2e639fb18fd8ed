/** What every error of this package shares: one sentence for the user, and what the program should end with. */
export abstract class StoreError extends Error {
  /** 2: the user's mistake, 1: a failure, 3: work is left to resume. */
  abstract readonly exitCode: 1 | 2 | 3
  /** True when the same request may succeed a little later. */
  readonly retryable: boolean = false
  override get name(): string {
    return this.constructor.name
  }
}

/** The configuration, a question or a file asks for something that cannot be. */
export class StoreUsageError extends StoreError {
  readonly exitCode = 2
}

/** Another process works with this embedded store; one process at a time may. */
export class StoreBusyError extends StoreError {
  readonly exitCode = 2
}

/** The server could not be reached, or an answer did not arrive whole; the statement may or may not have run. */
export class StoreUnreachableError extends StoreError {
  readonly exitCode = 1
  override readonly retryable = true
}

/** The database refused a statement or failed in it; `code` is ClickHouse's number, 0 where it sent none. */
export class StatementError extends StoreError {
  readonly exitCode = 1
  readonly code: number
  override readonly retryable: boolean

  constructor(message: string, options: ErrorOptions & { code: number; retryable?: boolean }) {
    super(message, options)
    this.code = options.code
    this.retryable = options.retryable ?? false
  }
}

/** What the database holds contradicts what was asked of it: missing rows, a migration edited after use, a failed index. */
export class StoreStateError extends StoreError {
  readonly exitCode = 1
}
