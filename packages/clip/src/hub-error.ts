import { HubApiError } from '@huggingface/hub'
import { ClipError } from './model-error.ts'

/** The model hub can't be reached or doesn't give what was asked for. */
export class HubError extends ClipError {
  readonly exitCode: 1 | 2
  override readonly retryable: boolean

  constructor(
    message: string,
    options: ErrorOptions & { readonly exitCode?: 1 | 2; readonly retryable?: boolean } = {},
  ) {
    super(message, options)
    this.exitCode = options.exitCode ?? 1
    this.retryable = options.retryable ?? false
  }
}

/** What was asked of the hub, for messages. */
export interface HubRequest {
  readonly hub: string
  readonly repository: string
  readonly revision: string
}

/** Turns what the hub's library throws into one sentence with the next step. */
export function hubError(error: unknown, { hub, repository, revision }: HubRequest): HubError {
  if (error instanceof HubError) return error
  const options = { cause: error }
  if (!(error instanceof HubApiError)) {
    const advice =
      'connect this machine to it, set HF_ENDPOINT to a mirror, or copy a model directory here by hand and name it with --model'
    return new HubError(`The model hub ${hub} can't be reached (${reasonOf(error)}); ${advice}.`, {
      ...options,
      retryable: true,
    })
  }
  const what = `${repository} at ${revision}`
  const { statusCode } = error
  // The hub answers 401 for what doesn't exist, too, so that private names can't be guessed.
  if (statusCode === 401 || statusCode === 403) {
    const message = `The model hub ${hub} refuses ${what} (${statusCode}); check the name, or set HF_TOKEN to a token that may read it.`
    return new HubError(message, { ...options, exitCode: 2 })
  }
  if (statusCode === 404) {
    return new HubError(`The model hub ${hub} has no ${what}; "promptloom model list" names models that fit.`, {
      ...options,
      exitCode: 2,
    })
  }
  const retryable = statusCode === 429 || statusCode >= 500
  return new HubError(`The model hub ${hub} answered ${statusCode} for ${what}; try again later.`, {
    ...options,
    retryable,
  })
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  const code = (cause as { code?: string; message?: string } | undefined)?.code
  return code ?? message
}
