import { z } from 'zod'
import type { Fetch } from './acquisition.ts'
import { errorInJson, withStatus } from './answer.ts'
import { DownloadError } from './download-error.ts'
import { exchange, redirectTarget, requestFailed, statusError } from './http-exchange.ts'
import type { KaggleCredentials } from './kaggle-credentials.ts'
import { type Location, retrying } from './resumable-download.ts'

/** How the API is reached. */
export interface KaggleApiOptions {
  /** Address without a slash at its end, e.g. `https://www.kaggle.com/api/v1`. */
  readonly base: string
  readonly credentials: KaggleCredentials | undefined
  readonly fetch: Fetch
  readonly signal: AbortSignal
  readonly firstDelay: number
}

const view = z.object({
  currentVersionNumber: z.int().positive(),
  licenseName: z.string().nullish(),
})
const page = z.object({
  datasetFiles: z.array(z.object({ name: z.string(), totalBytes: z.number().nullish() })),
  nextPageToken: z.string().nullish(),
})

/** A file of a set. */
export interface KaggleListing {
  readonly name: string
  readonly totalBytes: number | undefined
}

/** The three calls of Kaggle's dataset API that are needed, with its errors told apart. */
export class KaggleApi {
  readonly #options: KaggleApiOptions

  constructor(options: KaggleApiOptions) {
    this.#options = options
  }

  /** The set's current version, and its licence. */
  async view(dataset: string): Promise<{ version: number; licence: string | undefined }> {
    const found = await this.#json(`view/${dataset}`, view, dataset)
    return { version: found.currentVersionNumber, licence: found.licenseName ?? undefined }
  }

  /** All files of one version. */
  async list(dataset: string, version: number): Promise<KaggleListing[]> {
    const files: KaggleListing[] = []
    let token = ''
    do {
      const query = new URLSearchParams({ datasetVersionNumber: String(version), pageSize: '200' })
      if (token) query.set('pageToken', token)
      const found = await this.#json(`list/${dataset}?${query}`, page, `${dataset}@${version}`)
      files.push(...found.datasetFiles.map(({ name, totalBytes }) => ({ name, totalBytes: totalBytes ?? undefined })))
      token = found.nextPageToken ?? ''
    } while (token)
    return files
  }

  /** Where a file's bytes are: a signed address at the storage, to which no credentials go. */
  locate(dataset: string, file: string, version: number): Promise<Location> {
    const path = `download/${dataset}/${encodeURIComponent(file)}?datasetVersionNumber=${version}`
    const name = `${dataset}/${file}@${version}`
    return retrying(this.#options, () =>
      this.#ask(path, name, async (response, url) => {
        const target = redirectTarget(response, url)
        if (target) return { url: target }
        if (!response.ok || isJson(response)) throw this.#refused(response, await response.text(), name)
        // A mirror may send the bytes itself.
        return { url, headers: this.#headers() }
      }),
    )
  }

  #json<T>(path: string, schema: z.ZodType<T>, name: string): Promise<T> {
    return retrying(this.#options, () =>
      this.#ask(path, name, async (response) => {
        const text = await response.text()
        const parsed = response.ok && !errorInJson(text) ? schema.safeParse(parse(text)) : undefined
        if (parsed?.success) return parsed.data
        throw this.#refused(response, text, name)
      }),
    )
  }

  async #ask<T>(path: string, name: string, read: (response: Response, url: string) => Promise<T>): Promise<T> {
    const { base, fetch, signal } = this.#options
    const url = `${base.replace(/\/$/, '')}/datasets/${path}`
    const request = { name: `Kaggle's ${name}`, url, headers: this.#headers(), fetch, signal }
    const response = await exchange(request)
    try {
      return await read(response, url)
    } catch (error) {
      throw requestFailed(error, request)
    } finally {
      if (!response.bodyUsed) await response.body?.cancel().catch(() => undefined)
    }
  }

  #headers(): Record<string, string> {
    const { credentials } = this.#options
    return credentials ? { authorization: credentials.authorization } : {}
  }

  #refused(response: Response, text: string, name: string): DownloadError {
    const said = errorInJson(text)
    const status = said?.code ?? response.status
    const detail = said?.message ?? ''
    const because = detail ? ` (${detail})` : ''
    if (status === 404) {
      const message = `Kaggle has no ${name}${because}; check owner, slug, file and version.`
      return new DownloadError('not_found', message)
    }
    if (status === 401 || status === 403) return this.#forbidden(name, because)
    if (status < 400)
      return new DownloadError('failed_request', `Kaggle answered for ${name} with something unexpected.`)
    return statusError(withStatus(response, status), `Kaggle's ${name}`, detail)
  }

  #forbidden(name: string, because: string): DownloadError {
    const { credentials } = this.#options
    const next = credentials
      ? `the credentials from ${credentials.from} are not accepted, or the set's terms are not accepted on its page yet`
      : 'set KAGGLE_API_TOKEN to a token from your Kaggle account, and accept the terms on the page of the set'
    return new DownloadError('forbidden', `Kaggle refuses ${name}${because}: ${next}.`)
  }
}

function isJson(response: Response): boolean {
  return /^application\/json\b/.test(response.headers.get('content-type') ?? '')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
