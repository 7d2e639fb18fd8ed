import { z } from 'zod'
import { DownloadError } from './download-error.ts'
import { statusError } from './http-exchange.ts'

const flat = z.object({ code: z.number(), message: z.string().optional() })
const nested = z.object({ error: flat })

/** The code and message of a JSON error; Kaggle has two forms of it, and sends them with HTTP 200 too. */
export function errorInJson(text: string): { code: number; message: string } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const inner = nested.safeParse(value).data?.error ?? flat.safeParse(value).data
  return inner && inner.code >= 400 ? { code: inner.code, message: inner.message ?? '' } : undefined
}

/**
 * The error in an answer that was to be a file but is JSON. Reads the body only then.
 * @param name how messages name the file.
 */
export async function answerError(response: Response, name: string): Promise<DownloadError | undefined> {
  if (!/^application\/json\b/.test(response.headers.get('content-type') ?? '')) return undefined
  const error = errorInJson(await response.text())
  if (!error) return new DownloadError('failed_request', `${name} was answered with JSON instead of a file.`)
  return statusError(withStatus(response, error.code), name, error.message)
}

/** Whether an answer says that a signed address is no longer good (Google's and Amazon's storage). */
export function isExpired(status: number, body: string): boolean {
  return status >= 400 && status < 500 && /<Code>ExpiredToken<\/Code>|Request has expired/.test(body)
}

/** The same answer, as if it had the status that its body tells. */
export function withStatus(response: Response, status: number): Response {
  return new Response(null, { status: status >= 200 && status <= 599 ? status : 500, headers: response.headers })
}
