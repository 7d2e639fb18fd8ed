import { newRunId } from '@promptloom/runner/history'
import { RequestError } from '@promptloom/search/server/request-error'
import type { ServerEvent } from '@promptloom/search/server/route'
import type { Job, JobEvent } from '@promptloom/studio/api/job'
import type { Maker } from '@promptloom/studio/api/maker'
import pLimit from 'p-limit'
import { JobEntry } from './job-entry.ts'
import { JobStoppedError, jobFailure } from './job-failure.ts'
import { JobJournal, type RecordedJob } from './job-journal.ts'

/** What the work of a job is given. */
export interface JobContext {
  /** The job as it is when its work begins: one that is tried again has what it made before. */
  readonly job: Job
  /** Aborted when the job is cancelled or the studio ends; the work then throws the signal's reason. */
  readonly signal: AbortSignal
  /** Tells what has happened. It is on the disk before anybody hears of it. */
  readonly emit: (event: JobEvent) => void
  /** Keeps a picture's bytes; call it before the event that tells of the picture. */
  readonly savePicture: (position: number, bytes: Uint8Array) => Promise<void>
}

/** Does a job; what it returns is merged into the job as it ends. */
export type JobWork = (context: JobContext) => Promise<Partial<Pick<Job, 'variants' | 'searchable'>>>

/** What a board needs. */
export interface JobBoardOptions {
  /** Folder of the jobs. */
  readonly folder: string
  readonly work: Readonly<Record<Job['kind'], JobWork>>
  /** Hears of errors that are bugs. */
  readonly onError?: (error: unknown, job: Job) => void
}

/** Ended jobs that are kept; older ones are deleted with their pictures. */
const KEPT = 200
/** Jobs that may wait or be in work. */
const UNFINISHED = 50
/** Jobs of a kind in work at the same time: a painting server does one, and rows come in one batch after the other. */
const AT_ONCE: Readonly<Record<Job['kind'], number>> = { refine: 2, paint: 1, keep: 1 }

/**
 * The long operations of a studio. They go on when the page is gone; each is a folder on the disk, so that a restart
 * loses nothing that was finished. A job that a restart cut off has failed and says so; tried again, it goes on with
 * what it had. One board a folder.
 */
export class JobBoard implements AsyncDisposable {
  readonly #options: JobBoardOptions
  readonly #entries = new Map<string, JobEntry>()
  readonly #limits = new Map(Object.entries(AT_ONCE).map(([kind, count]) => [kind, pLimit(count)]))

  private constructor(options: JobBoardOptions) {
    this.#options = options
  }

  /** Opens the jobs of a folder. */
  static async open(options: JobBoardOptions): Promise<JobBoard> {
    const board = new JobBoard(options)
    for (const recorded of await JobJournal.readAll(options.folder)) {
      const entry = board.#adopt(recorded)
      if (!entry.ended) await board.#end(entry, { state: 'failed', error: INTERRUPTED })
    }
    return board
  }

  /** Starts a job. @throws RequestError when too many are waiting. */
  async start(kind: Job['kind'], request: Job['request'], maker: Maker | null): Promise<Job> {
    this.#admit()
    const job: Job = {
      id: newRunId(),
      kind,
      state: 'queued',
      created: new Date().toISOString(),
      ended: null,
      request,
      maker,
      progress: { fraction: null, state: 'waiting' },
      neighbours: [],
      variants: [],
      pictures: [],
      kept: [],
      searchable: false,
      error: null,
    }
    const journal = await JobJournal.create(this.#options.folder, job)
    const entry = this.#adopt({ journal, job, events: [] })
    this.#launch(entry)
    await this.#prune()
    return entry.job
  }

  /** All jobs, newest first. */
  list(): Job[] {
    return [...this.#entries.values()].map(({ job }) => job).reverse()
  }

  /** One job. @throws RequestError where there is none. */
  get(id: string): Job {
    return this.#entry(id).job
  }

  /** A job's picture. @throws RequestError where there is none. */
  async picture(id: string, position: number): Promise<{ bytes: Buffer; mediaType: string }> {
    const { job, journal } = this.#entry(id)
    const picture = job.pictures.find((one) => one.position === position)
    const bytes = picture && (await journal.readPicture(position))
    if (!bytes) throw new RequestError(404, 'not_found', `The job ${id} has no picture ${position}.`)
    return { bytes, mediaType: picture.mediaType }
  }

  /** Stops a job that waits or is in work; one that has ended is left as it is. */
  async cancel(id: string): Promise<Job> {
    const entry = this.#entry(id)
    entry.controller.abort(new JobStoppedError('user'))
    // One that waits would be awaited behind those in work.
    if (entry.job.state === 'queued') await this.#end(entry, { state: 'cancelled' })
    else await entry.done
    return entry.job
  }

  /** Goes on with a job that failed or was cancelled, from what it had made. @throws RequestError for any other. */
  async again(id: string): Promise<Job> {
    const entry = this.#entry(id)
    const { state } = entry.job
    if (state !== 'failed' && state !== 'cancelled') {
      throw new RequestError(
        409,
        'not_failed',
        `The job ${id} is ${state}; only one that failed or was cancelled goes on.`,
      )
    }
    this.#admit()
    const progress = { fraction: null, state: 'waiting' }
    const job: Job = { ...entry.job, state: 'queued', ended: null, error: null, progress }
    entry.controller = new AbortController()
    await entry.record({ type: 'again', job })
    this.#launch(entry)
    return entry.job
  }

  /** A job's events; see `JobEntry.follow`. @throws RequestError where there is no such job. */
  events(id: string, options: { last?: number; signal: AbortSignal }): AsyncGenerator<ServerEvent> {
    return this.#entry(id).follow(options)
  }

  /** Stops what is in work; it can be tried again after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    const open = [...this.#entries.values()].filter((entry) => !entry.ended)
    for (const entry of open) {
      entry.controller.abort(new JobStoppedError('shutdown'))
      if (entry.job.state === 'queued') await this.#end(entry, { state: 'failed', error: INTERRUPTED })
    }
    await Promise.all(open.map(({ done }) => done))
  }

  #entry(id: string): JobEntry {
    const entry = this.#entries.get(id)
    if (!entry) throw new RequestError(404, 'not_found', `There is no job "${id.slice(0, 60)}".`)
    return entry
  }

  #admit(): void {
    const open = [...this.#entries.values()].filter((entry) => !entry.ended).length
    if (open < UNFINISHED) return
    throw new RequestError(503, 'busy', `${open} jobs are waiting already; cancel some, or wait for them.`)
  }

  #adopt(recorded: RecordedJob): JobEntry {
    const entry = new JobEntry(recorded)
    this.#entries.set(recorded.job.id, entry)
    return entry
  }

  #launch(entry: JobEntry): void {
    const limit = this.#limits.get(entry.job.kind) as ReturnType<typeof pLimit>
    const { controller } = entry
    entry.done = limit(async () => {
      // One that was stopped while it waited is ended by whoever stopped it.
      const wanted = entry.job.state === 'queued' && entry.controller === controller && !controller.signal.aborted
      if (wanted) await this.#run(entry)
    })
  }

  async #run(entry: JobEntry): Promise<void> {
    const { signal } = entry.controller
    let told = Promise.resolve()
    const emit = (event: JobEvent) => {
      told = told.then(() => entry.record(event))
      told.catch(() => undefined)
    }
    // At once, so that nobody takes it for one that still waits.
    entry.apply({ type: 'progress', fraction: null, state: 'started' })
    try {
      const savePicture = (position: number, bytes: Uint8Array) => entry.journal.savePicture(position, bytes)
      const result = await this.#options.work[entry.job.kind]({ job: entry.job, signal, emit, savePicture })
      await told
      await this.#end(entry, { ...result, state: 'done' })
    } catch (error) {
      await told.catch(() => undefined)
      const stopped = signal.aborted && signal.reason instanceof JobStoppedError ? signal.reason.by : undefined
      if (stopped === 'user') return this.#end(entry, { state: 'cancelled' })
      if (stopped === 'shutdown') return this.#end(entry, { state: 'failed', error: INTERRUPTED })
      const { code, message, unexpected } = jobFailure(error)
      if (unexpected) this.#options.onError?.(error, entry.job)
      await this.#end(entry, { state: 'failed', error: { code, message } })
    }
  }

  async #end(entry: JobEntry, change: Partial<Job>): Promise<void> {
    const job: Job = { ...entry.job, ...change, ended: new Date().toISOString() }
    try {
      await entry.record({ type: 'end', job })
    } catch (error) {
      // A full disk must not leave readers waiting for ever; the next start finds the job cut off.
      this.#options.onError?.(error, job)
      entry.apply({ type: 'end', job })
    }
  }

  async #prune(): Promise<void> {
    const old = [...this.#entries.values()].filter((entry) => entry.ended).slice(0, -KEPT)
    for (const entry of old) {
      this.#entries.delete(entry.job.id)
      await entry.journal.remove()
    }
  }
}

const INTERRUPTED = {
  code: 'interrupted',
  message: 'The studio ended while this was at work. What it had made is kept; try again to go on from there.',
}
