import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { BackEnd, BackEndDescription, PaintOptions, PaintParameters, PaintRequest, Picture } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { runJob } from '../job.ts'
import { JsonEndpoint } from '../json-endpoint.ts'
import { type CheckedPaintRequest, checkPaintRequest, seedAt } from '../paint-request.ts'
import { paintedPicture } from '../painted-picture.ts'
import { errorReason, infoSchema, modelsSchema, progressSchema, txt2imgSchema } from './protocol.ts'

/** Where an AUTOMATIC1111 or Forge server listens, and how it is used. */
export interface Automatic1111Options {
  /** E.g. `http://127.0.0.1:7860`; the server must run with `--api`. */
  readonly url: string
  /** For a server that was started with `--api-auth user:password`. */
  readonly auth?: { readonly user: string; readonly password: string } | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Longest time of a whole request, all its pictures included, in milliseconds; default 600,000. */
  readonly timeoutMs?: number | undefined
  /** Pause between two looks at the progress, in milliseconds; default 500. */
  readonly pollMs?: number | undefined
  /**
   * Whether the server goes back to the model it had before after each picture painted with another one: polite where
   * people use its page too, slow in a batch. Default true.
   */
  readonly restoreModel?: boolean | undefined
}

const DEFAULT_TIMEOUT_MS = 600_000

/** AUTOMATIC1111's `/sdapi/v1` API, which Forge, reForge and SD.Next serve as well. */
export class Automatic1111 implements BackEnd {
  readonly #endpoint: JsonEndpoint
  readonly #options: Automatic1111Options

  constructor(options: Automatic1111Options) {
    const { auth, url, headers } = options
    const basic = auth && Buffer.from(`${auth.user}:${auth.password}`).toString('base64')
    this.#options = options
    this.#endpoint = new JsonEndpoint({
      url,
      label: `AUTOMATIC1111 at ${url}`,
      headers: { ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }), ...headers },
    })
  }

  describe(): BackEndDescription {
    return { kind: 'automatic1111', label: this.#endpoint.label, standIn: false }
  }

  /** Names of the samplers that the server has. */
  async samplers(signal: AbortSignal = AbortSignal.timeout(10_000)): Promise<readonly string[]> {
    const answer = await this.#endpoint.json('/sdapi/v1/samplers', { signal })
    return Array.isArray(answer) ? answer.map((sampler) => String(sampler?.name)) : []
  }

  /** Names of the models that the server has. */
  async models(signal: AbortSignal = AbortSignal.timeout(10_000)): Promise<readonly string[]> {
    return (await this.#models(signal)).map((model) => model.model_name)
  }

  async generate(request: PaintRequest, options: PaintOptions = {}): Promise<readonly Picture[]> {
    const checked = checkPaintRequest(request)
    let task = ''
    const job = {
      label: this.#endpoint.label,
      signal: options.signal,
      timeoutMs: this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      cancel: (signal: AbortSignal) => this.#cancel(task, signal),
    }
    return runJob(job, async (signal) => {
      if (checked.model !== undefined) await this.#requireModel(checked.model, signal)
      const pictures: Picture[] = []
      // One call a picture: what is finished is safe when a later one fails.
      for (let position = 0; position < checked.count; position++) {
        task = `task(promptloom-${randomUUID()})`
        const picture = await this.#paint(checked, position, { ...options, signal }, task)
        task = ''
        pictures.push(picture)
        options.onPicture?.(picture, position)
        const done = position + 1
        options.onProgress?.({ fraction: done / checked.count, state: `picture ${done} of ${checked.count} painted` })
      }
      return pictures
    })
  }

  async #paint(
    request: CheckedPaintRequest,
    position: number,
    options: PaintOptions & { readonly signal: AbortSignal },
    task: string,
  ): Promise<Picture> {
    const watching = new AbortController()
    const watched = this.#watch(request, position, task, {
      ...options,
      signal: AbortSignal.any([options.signal, watching.signal]),
    })
    try {
      const body = this.#body(request, seedAt(request.seed, position), task)
      const answer = await this.#endpoint.json('/sdapi/v1/txt2img', {
        signal: options.signal,
        body,
        reason: errorReason,
      })
      const picture = await this.#read(answer)
      await this.#refuseInterrupted(options.signal)
      return picture
    } finally {
      watching.abort()
      await watched
    }
  }

  #body(request: CheckedPaintRequest, seed: number, task: string): object {
    const { prompt, negativePrompt, width, height, steps, sampler, cfg, model } = request
    return {
      prompt,
      negative_prompt: negativePrompt ?? '',
      seed,
      batch_size: 1,
      n_iter: 1,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...(steps === undefined ? {} : { steps }),
      ...(sampler === undefined ? {} : { sampler_name: sampler }),
      ...(cfg === undefined ? {} : { cfg_scale: cfg }),
      ...(model === undefined ? {} : { override_settings: { sd_model_checkpoint: model } }),
      override_settings_restore_afterwards: this.#options.restoreModel ?? true,
      send_images: true,
      save_images: false,
      force_task_id: task,
    }
  }

  async #read(answer: unknown): Promise<Picture> {
    const { label } = this.#endpoint
    const parsed = txt2imgSchema.safeParse(answer)
    const info = infoSchema.safeParse(parsed.success ? parseJson(parsed.data.info) : undefined)
    const image = parsed.success && info.success ? parsed.data.images[info.data.index_of_first_image ?? 0] : undefined
    if (image === undefined || !info.success)
      throw new GeneratorError('generator_malformed', `${label} answered without a picture and its parameters.`)
    const base64 = image.slice(image.indexOf(',') + 1)
    return paintedPicture(Buffer.from(base64, 'base64'), parametersOf(info.data), label)
  }

  /** Reports progress until it is aborted; a server that does not tell is no reason to fail. */
  async #watch(request: CheckedPaintRequest, position: number, task: string, options: PaintOptions): Promise<void> {
    const { signal, onProgress } = options
    if (onProgress === undefined || signal === undefined) return
    while (!signal.aborted) {
      const state = await this.#progress(signal).catch(() => undefined)
      if (signal.aborted) return
      if (state !== undefined) {
        const isOurs = state.current_task === undefined || state.current_task === task
        const { sampling_step: step, sampling_steps: steps } = state.state
        onProgress({
          fraction: isOurs ? (position + Math.min(1, Math.max(0, state.progress))) / request.count : null,
          state: isOurs ? `picture ${position + 1} of ${request.count}, step ${step ?? 0} of ${steps ?? 0}` : 'queued',
        })
      }
      await sleep(this.#options.pollMs ?? 500, undefined, { signal }).catch(() => undefined)
    }
  }

  async #progress(signal: AbortSignal): Promise<z.infer<typeof progressSchema>> {
    return progressSchema.parse(await this.#endpoint.json('/sdapi/v1/progress?skip_current_image=true', { signal }))
  }

  /** Somebody's "Interrupt" on the server's page ends a job with a half-painted picture and HTTP 200. */
  async #refuseInterrupted(signal: AbortSignal): Promise<void> {
    const state = await this.#progress(signal).catch(() => undefined)
    signal.throwIfAborted()
    if (state?.state.interrupted !== true) return
    throw new GeneratorError('generator_error', `${this.#endpoint.label}: somebody interrupted the picture there.`)
  }

  /** Interrupts our task alone: while another one is painted, waits for ours to come up. */
  async #cancel(task: string, signal: AbortSignal): Promise<void> {
    let idle = 0
    while (task !== '' && !signal.aborted) {
      const state = await this.#progress(signal)
      const isIdle = !state.current_task && (state.state.job_count ?? 0) === 0
      if (state.current_task === task || (state.current_task === undefined && !isIdle)) {
        await this.#endpoint.json('/sdapi/v1/interrupt', { signal, body: {} })
        return
      }
      // Our request may have arrived without having come up yet.
      idle = isIdle ? idle + 1 : 0
      if (idle > 1) return
      await sleep(this.#options.pollMs ?? 500, undefined, { signal })
    }
  }

  /** The server paints with whatever model it has when it does not know the one that is asked for. */
  async #requireModel(model: string, signal: AbortSignal): Promise<void> {
    const models = await this.#models(signal)
    const names = models.flatMap(({ title, model_name, hash, filename }) => [title, model_name, hash, filename])
    if (names.includes(model)) return
    const known = models.map((entry) => entry.model_name)
    throw new GeneratorError(
      'generator_invalid',
      `${this.#endpoint.label} has no model "${model}"; it has: ${known.slice(0, 20).join(', ') || 'none'}.`,
    )
  }

  async #models(signal: AbortSignal) {
    const answer = await this.#endpoint.json('/sdapi/v1/sd-models', { signal, reason: errorReason })
    const parsed = modelsSchema.safeParse(answer)
    if (parsed.success) return parsed.data
    throw new GeneratorError('generator_malformed', `${this.#endpoint.label} answered with what is no list of models.`)
  }
}

function parametersOf(info: z.infer<typeof infoSchema>): PaintParameters {
  return {
    prompt: info.all_prompts?.[0] ?? '',
    negativePrompt: info.all_negative_prompts?.[0] ?? '',
    seed: info.all_seeds?.[0] ?? null,
    steps: info.steps ?? null,
    sampler: info.sampler_name ?? null,
    cfg: info.cfg_scale ?? null,
    model: info.sd_model_name ?? null,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
