import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BackEnd, BackEndDescription, PaintOptions, PaintRequest, Picture } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { runJob } from '../job.ts'
import { JsonEndpoint } from '../json-endpoint.ts'
import type { JsonObject } from '../metadata/tool-json.ts'
import { type CheckedPaintRequest, checkPaintRequest, seedAt } from '../paint-request.ts'
import { paintedPicture } from '../painted-picture.ts'
import { JobEvents, type Step } from './job-events.ts'
import {
  type Ended,
  errorReason,
  failureOf,
  historySchema,
  nodeProblems,
  queuedSchema,
  queueSchema,
  type RemoteImage,
} from './protocol.ts'
import { fillWorkflow } from './workflow.ts'
import type { Workflow } from './workflow-value.ts'

/** Where a ComfyUI server listens, and what it runs. */
export interface ComfyUiOptions {
  /** E.g. `http://127.0.0.1:8188`. */
  readonly url: string
  /** The user's workflow, from `readWorkflow`. */
  readonly workflow: Workflow
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Longest time of a whole request, its wait in the queue and all its pictures included, in ms; default 600,000. */
  readonly timeoutMs?: number | undefined
  /** Pause between two looks at the history, in milliseconds; events cut it short. Default 1,000. */
  readonly pollMs?: number | undefined
}

const DEFAULT_TIMEOUT_MS = 600_000

/** Looks at queue and history that must both miss a job before it is taken for lost: it moves from one to the other. */
const MISSES = 3

/** ComfyUI's API: runs the user's own workflow, one job a picture. */
export class ComfyUi implements BackEnd {
  readonly #endpoint: JsonEndpoint
  readonly #options: ComfyUiOptions

  constructor(options: ComfyUiOptions) {
    this.#options = options
    this.#endpoint = new JsonEndpoint({
      url: options.url,
      label: `ComfyUI at ${options.url}`,
      headers: options.headers,
    })
  }

  describe(): BackEndDescription {
    return { kind: 'comfyui', label: `${this.#endpoint.label} (${this.#options.workflow.name})`, standIn: false }
  }

  async generate(request: PaintRequest, options: PaintOptions = {}): Promise<readonly Picture[]> {
    const checked = checkPaintRequest(request)
    // Found out before anything is queued.
    fillWorkflow(this.#options.workflow, request, checked.seed)
    let id: string | undefined
    const job = {
      label: this.#endpoint.label,
      signal: options.signal,
      timeoutMs: this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      cancel: (signal: AbortSignal) => this.#cancel(id, signal),
    }
    return runJob(job, async (signal) => {
      const client = randomUUID()
      using events = new JobEvents(this.#endpoint.url, client, this.#endpoint.headers)
      await events.ready(AbortSignal.any([signal, AbortSignal.timeout(5_000)]))
      const pictures: Picture[] = []
      for (let position = 0; position < checked.count; position++) {
        const { graph, parameters } = fillWorkflow(this.#options.workflow, request, seedAt(checked.seed, position))
        const watch = { events, signal, report: reporter(checked, position, options) }
        const { idempotencyKey: key } = options
        // Chosen here, so that a job whose answer is lost can be cancelled, or taken up; older servers choose their own.
        id = key === undefined ? randomUUID() : jobId(key, graph)
        const earlier = key === undefined ? NO_JOB : await this.#earlier(id, watch)
        let { bytes } = earlier
        if (bytes === undefined) {
          if (earlier.isKnown) id = randomUUID()
          id = await this.#queue(graph, client, id, signal)
          bytes = await this.#picture(id, watch)
        }
        id = undefined
        const picture = await paintedPicture(bytes, parameters, this.#endpoint.label)
        pictures.push(picture)
        options.onPicture?.(picture, position)
      }
      return pictures
    })
  }

  async #queue(prompt: JsonObject, client: string, id: string, signal: AbortSignal): Promise<string> {
    const body = { prompt, client_id: client, prompt_id: id }
    const answer = await this.#endpoint.json('/prompt', { signal, body, reason: errorReason })
    const queued = queuedSchema.safeParse(answer)
    if (!queued.success) throw this.#error('generator_malformed', 'answered with what is no job')
    // Outputs that fail validation are left out and the others run (HTTP 200): not what the user asked for.
    const problems = nodeProblems(queued.data.node_errors)
    if (problems.length === 0) return queued.data.prompt_id
    await this.#cancel(queued.data.prompt_id, signal)
    throw this.#error('generator_invalid', `does not accept the workflow: ${problems.join('; ')}`)
  }

  /** The job that a killed program has left under an id: its picture, unless it failed or its picture is gone. */
  async #earlier(id: string, watch: Watch): Promise<EarlierJob> {
    const { signal } = watch
    try {
      const isKnown =
        (await this.#placeInQueue(id, signal)) !== undefined || (await this.#history(id, signal)) !== undefined
      return isKnown ? { isKnown, bytes: await this.#picture(id, watch) } : NO_JOB
    } catch (error) {
      signal.throwIfAborted()
      // A server that is down, or wants a password, is found out by asking it to paint.
      if (error instanceof GeneratorError) return { isKnown: true, bytes: undefined }
      throw error
    }
  }

  async #picture(id: string, watch: Watch): Promise<Buffer> {
    return this.#fetch(await this.#wait(id, watch), watch.signal)
  }

  async #wait(id: string, { events, signal, report }: Watch): Promise<Ended> {
    let misses = 0
    for (;;) {
      const pause = new AbortController()
      events.follow(id, { onStep: report.step, onEnd: () => pause.abort() })
      const ended = await this.#history(id, signal)
      if (ended !== undefined) return ended
      const place = await this.#placeInQueue(id, signal)
      misses = place === undefined ? misses + 1 : 0
      if (misses === MISSES) throw this.#error('generator_error', 'lost the job: it is neither queued nor done')
      if (place !== undefined) report.place(place)
      await sleep(this.#options.pollMs ?? 1_000, undefined, { signal: AbortSignal.any([signal, pause.signal]) }).catch(
        () => signal.throwIfAborted(),
      )
    }
  }

  async #history(id: string, signal: AbortSignal): Promise<Ended | undefined> {
    const answer = await this.#endpoint.json(`/history/${id}`, { signal, reason: errorReason })
    const history = historySchema.safeParse(answer ?? {})
    if (!history.success) throw this.#error('generator_malformed', 'answered with what is no history')
    const ended = history.data[id]
    if (ended === undefined) return undefined
    const failure = failureOf(ended)
    if (failure !== null) throw this.#error('generator_error', `failed: ${failure.slice(0, 1000)}`)
    return ended
  }

  /** 0: running; 1 and up: waiting; undefined: not there. */
  async #placeInQueue(id: string, signal: AbortSignal): Promise<number | undefined> {
    const queue = queueSchema.safeParse(await this.#endpoint.json('/queue', { signal }))
    if (!queue.success) throw this.#error('generator_malformed', 'answered with what is no queue')
    if (queue.data.queue_running.some((job) => job[1] === id)) return 0
    const waiting = [...queue.data.queue_pending].sort((a, b) => a[0] - b[0]).findIndex((job) => job[1] === id)
    return waiting < 0 ? undefined : waiting + 1
  }

  async #fetch(ended: Ended, signal: AbortSignal): Promise<Buffer> {
    const images = Object.values(ended.outputs).flatMap((output) => output.images ?? [])
    // A preview is a temporary picture; what the workflow saves counts before it.
    const image: RemoteImage | undefined = images.find((found) => found.type === 'output') ?? images[0]
    if (image === undefined)
      throw this.#error('generator_malformed', 'finished without a picture; the workflow must end in a Save Image node')
    const query = new URLSearchParams({
      filename: image.filename,
      subfolder: image.subfolder ?? '',
      type: image.type ?? 'output',
    })
    return this.#endpoint.bytes(`/view?${query}`, { signal })
  }

  /** Takes the job out of the queue, and interrupts it where it runs: never another one's. */
  async #cancel(id: string | undefined, signal: AbortSignal): Promise<void> {
    if (id === undefined) return
    await this.#endpoint.json('/queue', { signal, body: { delete: [id] } })
    if ((await this.#placeInQueue(id, signal)) === 0)
      await this.#endpoint.json('/interrupt', { signal, body: { prompt_id: id } })
  }

  #error(outcome: GeneratorError['outcome'], what: string): GeneratorError {
    return new GeneratorError(outcome, `${this.#endpoint.label} ${what}.`)
  }
}

/** What a job left behind. */
interface EarlierJob {
  readonly isKnown: boolean
  readonly bytes: Buffer | undefined
}

const NO_JOB: EarlierJob = { isKnown: false, bytes: undefined }

/** The same key and graph give the same id, in the form of a UUID of version 8 (RFC 9562, 5.8). */
function jobId(key: string, graph: JsonObject): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([key, graph]))
    .digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** How a job is followed to its end. */
interface Watch {
  readonly events: JobEvents
  readonly signal: AbortSignal
  readonly report: Report
}

interface Report {
  readonly step: (step: Step) => void
  readonly place: (place: number) => void
}

function reporter(request: CheckedPaintRequest, position: number, { onProgress }: PaintOptions): Report {
  const { count } = request
  const picture = `picture ${position + 1} of ${count}`
  let isSampling = false
  return {
    step: ({ value, max }) => {
      isSampling = true
      onProgress?.({
        fraction: (position + Math.min(1, value / max)) / count,
        state: `${picture}, step ${value} of ${max}`,
      })
    },
    place: (place) => {
      if (place > 0) onProgress?.({ fraction: null, state: `${picture}, queued at place ${place}` })
      else if (!isSampling) onProgress?.({ fraction: position / count, state: `${picture}, running` })
    },
  }
}
