import { createHash } from 'node:crypto'
import OpenAI from 'openai'
import type { ImageGenerateParamsNonStreaming } from 'openai/resources/images'
import { z } from 'zod'
import type { BackEnd, BackEndDescription, PaintOptions, PaintRequest, Picture } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { runJob } from '../job.ts'
import { requireAddress } from '../json-endpoint.ts'
import { type CheckedPaintRequest, checkPaintRequest } from '../paint-request.ts'
import { paintedPicture } from '../painted-picture.ts'
import { imagesError } from './images-error.ts'

/** Where and how pictures are asked for. */
export interface OpenAiImagesOptions {
  /** Base address, e.g. `https://api.openai.com/v1`. */
  readonly url: string
  readonly apiKey?: string | undefined
  /** The server's name of the model; a request may name another. */
  readonly model: string
  /** Longest time of a whole request, all its pictures included, in milliseconds; default 300,000. */
  readonly timeoutMs?: number | undefined
  /**
   * Pictures asked for in one call. More are cheaper in time; a call that fails loses all of its own. Default 1, the
   * most that `dall-e-3` allows.
   */
  readonly picturesPerCall?: number | undefined
  /**
   * Whether the server is asked for base64; the default asks, except models named `gpt-image-…` and the like, which
   * always send it and refuse the question.
   */
  readonly askForBase64?: boolean | undefined
  /** Fetches a picture that the server answers by address; without it such an answer is malformed. */
  readonly download?: ((url: string, signal: AbortSignal) => Promise<Uint8Array>) | undefined
  /** Used for every request in place of Node's. Redirects must come back as they are: they are never followed. */
  readonly fetch?: typeof fetch | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const DEFAULT_TIMEOUT_MS = 300_000

const answerSchema = z.object({
  data: z
    .array(
      z.object({
        b64_json: z.string().nullish(),
        url: z.string().nullish(),
        revised_prompt: z.string().nullish(),
      }),
    )
    .min(1),
})

/** What the client is told of one request beside its body. */
interface Sending {
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string>>
}

/** The client's own option `idempotencyKey` is sent only where the client is told the header's name, which it is not. */
function keyHeader(key: string | undefined, question: object): Record<string, string> {
  if (key === undefined) return {}
  const digest = createHash('sha256')
    .update(JSON.stringify([key, question]))
    .digest('hex')
  return { 'Idempotency-Key': digest.slice(0, 32) }
}

type Answered = z.infer<typeof answerSchema>['data'][number]

/**
 * An OpenAI-compatible images API (OpenAI, LocalAI and others). It knows prompt, size, number and model only; seed,
 * steps, sampler, guidance and negative prompt have no place in it and are reported as unknown.
 */
export class OpenAiImages implements BackEnd {
  readonly #client: OpenAI
  readonly #label: string
  readonly #options: OpenAiImagesOptions

  /** @throws GeneratorError `generator_invalid` for an address that is none */
  constructor(options: OpenAiImagesOptions) {
    requireAddress(options.url)
    this.#options = options
    this.#label = `${options.model} at ${options.url}`
    this.#client = new OpenAI({
      baseURL: options.url,
      // Everything the client would otherwise look up in the environment is given.
      apiKey: options.apiKey ?? 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      fetch: options.fetch,
      fetchOptions: { redirect: 'manual' },
      defaultHeaders: { ...(options.apiKey === undefined ? { Authorization: null } : {}), ...options.headers },
    })
  }

  describe(): BackEndDescription {
    return { kind: 'openai-images', label: this.#label, standIn: false }
  }

  async generate(request: PaintRequest, options: PaintOptions = {}): Promise<readonly Picture[]> {
    const checked = checkPaintRequest(request)
    const { timeoutMs = DEFAULT_TIMEOUT_MS, picturesPerCall = 1 } = this.#options
    // Dropping the connection is all that this API knows of cancelling.
    const job = { label: this.#label, signal: options.signal, timeoutMs, cancel: async () => undefined }
    return runJob(job, async (signal) => {
      const pictures: Picture[] = []
      while (pictures.length < checked.count) {
        const state = `picture ${pictures.length + 1} of ${checked.count}`
        options.onProgress?.({ fraction: pictures.length / checked.count, state })
        const wanted = Math.min(picturesPerCall, checked.count - pictures.length)
        const question = this.#question(checked, wanted)
        const headers = keyHeader(options.idempotencyKey, { ...question, from: pictures.length })
        for (const answered of await this.#ask(question, { signal, headers })) {
          const picture = await this.#picture(checked, answered, signal)
          options.onPicture?.(picture, pictures.length)
          pictures.push(picture)
        }
      }
      return pictures
    })
  }

  async #ask(question: ImageGenerateParamsNonStreaming, sending: Sending): Promise<readonly Answered[]> {
    const { signal } = sending
    let answer: unknown
    try {
      answer = await this.#client.images.generate(question, sending)
    } catch (error) {
      signal.throwIfAborted()
      throw imagesError(error, this.#label)
    }
    const parsed = answerSchema.safeParse(answer)
    if (!parsed.success) throw this.#malformed('answered with what is no list of pictures')
    return parsed.data.data.slice(0, question.n ?? 1)
  }

  #question(request: CheckedPaintRequest, n: number): ImageGenerateParamsNonStreaming {
    const { prompt, width, height } = request
    const model = request.model ?? this.#options.model
    const { askForBase64 = !/^(chat)?gpt-image/.test(model) } = this.#options
    return {
      prompt,
      model,
      n,
      stream: false,
      ...(askForBase64 ? { response_format: 'b64_json' } : {}),
      ...(width === undefined || height === undefined ? {} : { size: `${width}x${height}` }),
    }
  }

  async #picture(request: CheckedPaintRequest, answered: Answered, signal: AbortSignal): Promise<Picture> {
    const parameters = {
      prompt: answered.revised_prompt ?? request.prompt,
      negativePrompt: '',
      seed: null,
      steps: null,
      sampler: null,
      cfg: null,
      model: request.model ?? this.#options.model,
    }
    return paintedPicture(await this.#bytes(answered, signal), parameters, this.#label)
  }

  async #bytes({ b64_json, url }: Answered, signal: AbortSignal): Promise<Uint8Array> {
    if (b64_json) return Buffer.from(b64_json, 'base64')
    const { download } = this.#options
    if (!url) throw this.#malformed('answered without a picture')
    if (download === undefined) throw this.#malformed('answered with an address in place of a picture')
    return download(url, signal)
  }

  #malformed(what: string): GeneratorError {
    return new GeneratorError('generator_malformed', `${this.#label} ${what}.`)
  }
}
