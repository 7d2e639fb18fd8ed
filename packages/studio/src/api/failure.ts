/** The server, or the way to it, has failed; the message is for people. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  /** HTTP status; 0 where no answer came. */
  readonly status: number
  /** The server's name for the failure, e.g. `not_found`; `unreachable` where no answer came. */
  readonly code: string

  constructor(message: string, { status, code, cause }: { status: number; code: string; cause?: unknown }) {
    super(message, { cause })
    this.status = status
    this.code = code
  }
}

/** The failure that an answer with a status of 400 or more tells of. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  const { status } = response
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    return new ApiFailure(error.message, { status, code: error.code })
  } catch (cause) {
    return new ApiFailure(`The server answered with status ${status}.`, { status, code: 'unknown', cause })
  }
}
