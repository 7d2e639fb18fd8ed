/** Why a job was stopped: somebody cancelled it, or the studio ends. The reason of its signal. */
export class JobStoppedError extends Error {
  override readonly name = 'JobStoppedError'
  readonly by: 'user' | 'shutdown'

  constructor(by: 'user' | 'shutdown') {
    super(by === 'user' ? 'The job was cancelled.' : 'The studio is ending.')
    this.by = by
  }
}

/** How a job ended that did not come to its end. */
export interface JobFailure {
  readonly code: string
  readonly message: string
  /** Whether it is a bug or a broken machine, which the operator must hear of. */
  readonly unexpected: boolean
}

/** What a job's error is told as: errors meant for users (with an `exitCode`) keep their sentence. */
export function jobFailure(error: unknown): JobFailure {
  const { exitCode, outcome, code } = (error ?? {}) as Record<string, unknown>
  if (typeof exitCode !== 'number') {
    const message = 'Something went wrong here; the studio’s own log says what.'
    return { code: 'internal', message, unexpected: true }
  }
  const name = [outcome, code].find((one) => typeof one === 'string') as string | undefined
  return { code: name ?? 'failed', message: (error as Error).message, unexpected: false }
}
