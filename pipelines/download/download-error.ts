/** What kept the source from being acquired or read. */
export type DownloadErrorKind =
  | 'bad_source'
  | 'not_found'
  | 'forbidden'
  | 'rate_limited'
  | 'failed_request'
  | 'damaged'
  | 'changed'
  | 'cut'
  | 'row_count'

/** What is known beside the kind. */
export interface DownloadErrorFacts {
  /** Whether trying again, later, may succeed; such errors exit with 1, all others are the user's to solve (2). */
  readonly retryable?: boolean
  /** Milliseconds that the other side asked us to wait. */
  readonly afterMs?: number
  readonly cause?: unknown
}

/** A source that cannot be had or used. The message names it, what was found, and the next step. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError'
  readonly kind: DownloadErrorKind
  readonly retryable: boolean
  readonly afterMs: number | undefined
  readonly exitCode: 1 | 2

  constructor(kind: DownloadErrorKind, message: string, facts: DownloadErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.kind = kind
    this.retryable = facts.retryable ?? false
    this.afterMs = facts.afterMs
    this.exitCode = this.retryable ? 1 : 2
  }
}
