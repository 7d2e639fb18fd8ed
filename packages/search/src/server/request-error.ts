/** A request that is refused before any route sees it, or by one; told to the client as it is. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly exitCode = 2
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** What a client is told of an error. */
export interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
  /** Whether it is a bug or a broken machine, which the operator must hear of. */
  readonly unexpected: boolean
}

const STATUS: Readonly<Record<string, number>> = {
  bad_question: 400,
  not_found: 404,
  picture_refused: 422,
  model_mismatch: 503,
  not_searchable: 503,
}

/**
 * Turns whatever was thrown into what the client is told. Errors that are meant for users (with an `exitCode`) keep
 * their sentence; of any other the client learns nothing but that it happened.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestError) return { ...facts(error), status: error.status, unexpected: false }
  const { code, exitCode, retryable } = (error ?? {}) as Record<string, unknown>
  if ((error as Error)?.name === 'TimeoutError') {
    return { status: 503, code: 'too_slow', message: 'The answer took too long; ask for less.', unexpected: false }
  }
  if (typeof exitCode === 'number') {
    const message = (error as Error).message
    const known = typeof code === 'string' ? STATUS[code] : undefined
    if (known) return { status: known, code: code as string, message, unexpected: false }
    if (exitCode === 2) return { status: 400, code: 'bad_request', message, unexpected: false }
    if (retryable === true) return { status: 503, code: 'unavailable', message, unexpected: true }
  }
  const message = 'Something went wrong here; the server’s own log says what.'
  return { status: 500, code: 'internal', message, unexpected: true }
}

function facts({ code, message }: RequestError) {
  return { code, message }
}
