import { Worker } from 'node:worker_threads'
import type { FromWorker, Task, TaskResult, ToWorker, WorkerStart } from './inference-task.ts'
import { InferenceError } from './model-error.ts'
import { disableTelemetry } from './telemetry.ts'

/** Tasks in one worker at a time: the one that runs and the next, so that it never waits for this thread. */
const DEPTH = 2

interface Job {
  readonly id: number
  readonly task: Task
  readonly transfer: ArrayBuffer[]
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

interface Member {
  readonly worker: Worker
  readonly ended: Promise<unknown>
  readonly jobs: Map<number, Job>
}

/** Inference workers that share one queue of tasks; the main thread only hands over buffers. */
export class WorkerPool implements AsyncDisposable {
  readonly #members: Member[]
  readonly #queue: Job[] = []
  #nextId = 0
  #failure: Error | undefined
  #closing = false

  /** Starts one worker for each of `starts`. */
  constructor(starts: readonly WorkerStart[]) {
    disableTelemetry()
    this.#members = starts.map((start) => this.#startMember(start))
  }

  get size(): number {
    return this.#members.length
  }

  /** Runs one task in the next free worker; buffers in `transfer` are handed over, not copied. */
  run<T extends Task>(task: T, transfer: ArrayBuffer[] = []): Promise<TaskResult<T>> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#closing) return Promise.reject(new InferenceError('The model is closed already.'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ id: this.#nextId++, task, transfer, resolve: resolve as (result: never) => void, reject })
      this.#dispatch()
    })
  }

  /** Opens a graph in every worker, so that no later task has to wait for it; call it while the pool is idle. */
  async openAll(role: 'text' | 'image'): Promise<void> {
    await Promise.all(this.#members.map(() => this.run({ kind: 'open', role })))
  }

  /** Waits for the tasks in work, gives up those still queued, and lets the workers end by themselves. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closing) {
      this.#closing = true
      for (const job of this.#queue.splice(0))
        job.reject(new InferenceError('The model was closed before its work began.'))
      for (const { worker } of this.#members) {
        worker.ref()
        const message: ToWorker = { close: true }
        worker.postMessage(message)
      }
    }
    await Promise.all(this.#members.map(({ ended }) => ended))
  }

  #startMember(start: WorkerStart): Member {
    // The parent's flags must not be inherited: they may register a second loader.
    const worker = new Worker(new URL('./inference-worker.mjs', import.meta.url), { workerData: start, execArgv: [] })
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    const member: Member = { worker, ended, jobs: new Map() }
    worker.on('message', (message: FromWorker) => this.#settle(member, message))
    worker.on('error', (cause) =>
      this.#fail(new InferenceError(`An inference worker failed: ${cause.message}.`, { cause })),
    )
    worker.on('exit', (code) => {
      if (!this.#closing) this.#fail(new InferenceError(`An inference worker ended unexpectedly with code ${code}.`))
    })
    worker.unref()
    return member
  }

  #dispatch(): void {
    for (let job = this.#queue[0]; job; job = this.#queue[0]) {
      const member = this.#members.reduce((least, other) => (other.jobs.size < least.jobs.size ? other : least))
      if (member.jobs.size >= DEPTH) return
      this.#queue.shift()
      // Only a worker with work keeps the process alive.
      if (member.jobs.size === 0) member.worker.ref()
      member.jobs.set(job.id, job)
      const message: ToWorker = { id: job.id, task: job.task }
      member.worker.postMessage(message, job.transfer)
    }
  }

  #settle(member: Member, message: FromWorker): void {
    const job = member.jobs.get(message.id)
    member.jobs.delete(message.id)
    if (member.jobs.size === 0 && !this.#closing) member.worker.unref()
    if (!this.#closing) this.#dispatch()
    if (!job) return
    if ('error' in message) job.reject(new InferenceError(message.error.message, message.error))
    else job.resolve(message.result as never)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    const jobs = [...this.#queue.splice(0), ...this.#members.flatMap(({ jobs }) => [...jobs.values()])]
    for (const { jobs: own } of this.#members) own.clear()
    for (const job of jobs) job.reject(this.#failure)
  }
}
