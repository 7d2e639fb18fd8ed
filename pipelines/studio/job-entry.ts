import { EventEmitter, once } from 'node:events'
import type { ServerEvent } from '@promptloom/search/server/route'
import type { Job, JobEvent } from '@promptloom/studio/api/job'
import { after } from '@promptloom/studio/api/job-after'
import type { JobJournal, RecordedJob } from './job-journal.ts'

/** One job in memory: as it is now, what happened so far, and those who want to hear what happens next. */
export class JobEntry {
  readonly journal: JobJournal
  /** Aborted when the job is to stop; a new one each time that the job is tried again. */
  controller = new AbortController()
  /** Resolves when nothing is in work. */
  done: Promise<void> = Promise.resolve()
  #job: Job
  readonly #events: JobEvent[]
  /** The last progress and its number; never written down, because the next event outdates it. */
  #progress: { readonly event: JobEvent; readonly count: number } | undefined
  readonly #changes = new EventEmitter().setMaxListeners(0)

  constructor({ journal, job, events }: RecordedJob) {
    this.journal = journal
    this.#job = job
    this.#events = [...events]
  }

  get job(): Job {
    return this.#job
  }

  get ended(): boolean {
    return this.#job.ended !== null
  }

  /** Takes an event in: on the disk first, then for everybody. */
  async record(event: JobEvent): Promise<void> {
    if (event.type !== 'progress') await this.journal.append(event)
    this.apply(event)
  }

  /** Takes an event in without writing it down. */
  apply(event: JobEvent): void {
    this.#job = after(this.#job, event)
    if (event.type === 'progress') this.#progress = { event, count: (this.#progress?.count ?? 0) + 1 }
    else this.#events.push(event)
    this.#changes.emit('change')
  }

  /**
   * The events from the beginning, or after the one with the number `last`, and then those that come, up to the end of
   * the job. Numbered are those that are on the disk, so that the numbers mean the same after a restart.
   */
  async *follow({ last = 0, signal }: { last?: number; signal: AbortSignal }): AsyncGenerator<ServerEvent> {
    let next = Math.min(last, this.#events.length)
    let seen = 0
    for (;;) {
      while (next < this.#events.length) {
        const event = this.#events[next++] as JobEvent
        // An end that was not the last word would make the reader leave too early.
        if (event.type === 'end' && next < this.#events.length) continue
        yield { event: event.type, id: String(next), data: event }
      }
      const progress = this.#progress
      if (progress && progress.count > seen && !this.ended) {
        seen = progress.count
        yield { event: 'progress', data: progress.event }
      } else if (this.ended) return
      else {
        const left = await once(this.#changes, 'change', { signal }).catch(() => 'left')
        if (left === 'left') return
      }
    }
  }
}
