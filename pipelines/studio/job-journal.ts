import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'
import { type Job, type JobEvent, jobEventSchema, jobSchema } from '@promptloom/studio/api/job'
import { after } from '@promptloom/studio/api/job-after'
import { z } from 'zod'
import { appendEvents, readEvents } from '../event-log.ts'

const headSchema = z.strictObject({ format: z.literal('promptloom-job'), formatVersion: z.literal(1), job: jobSchema })

/** A job as its folder tells it. */
export interface RecordedJob {
  readonly journal: JobJournal
  readonly job: Job
  readonly events: readonly JobEvent[]
}

/**
 * One job on disk: `job.json` (the job as it was started), `events.jsonl` (what happened since, a line each) and
 * `pictures/`. A line is on the disk before anybody hears of the event, so that nothing that was paid for and shown
 * is lost with the process.
 */
export class JobJournal {
  readonly path: string
  #last: Promise<void> = Promise.resolve()

  private constructor(path: string) {
    this.path = path
  }

  /** Begins a job's folder. @throws where a job of this id exists. */
  static async create(folder: string, job: Job): Promise<JobJournal> {
    const path = join(folder, job.id)
    await mkdir(folder, { recursive: true })
    await mkdir(path)
    await writeDurably(
      join(path, 'job.json'),
      `${JSON.stringify({ format: 'promptloom-job', formatVersion: 1, job })}\n`,
    )
    return new JobJournal(path)
  }

  /** All jobs of a folder, oldest first. One that never came to be, or cannot be read, is left out. */
  static async readAll(folder: string): Promise<RecordedJob[]> {
    const names = (await readdir(folder).catch(() => [])).sort()
    const found: RecordedJob[] = []
    for (const name of names) {
      const recorded = await readJob(new JobJournal(join(folder, name))).catch(() => undefined)
      if (recorded) found.push(recorded)
    }
    return found
  }

  /** Adds an event; resolves when it is on the disk. Events come to lie in the order of the calls. */
  append(event: JobEvent): Promise<void> {
    const written = this.#last.then(() => appendEvents(join(this.path, 'events.jsonl'), [event]))
    this.#last = written.catch(() => undefined)
    return written
  }

  /** Keeps a picture; resolves when it is on the disk, whole. */
  async savePicture(position: number, bytes: Uint8Array): Promise<void> {
    const folder = join(this.path, 'pictures')
    await mkdir(folder, { recursive: true })
    await writeDurably(join(folder, String(position)), bytes)
  }

  /** The bytes of a picture that was kept; undefined where there is none. */
  async readPicture(position: number): Promise<Buffer | undefined> {
    return readFile(join(this.path, 'pictures', String(position))).catch(() => undefined)
  }

  /** Deletes the job with all that it made. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

async function readJob(journal: JobJournal): Promise<RecordedJob> {
  const head = headSchema.parse(JSON.parse(await readFile(join(journal.path, 'job.json'), 'utf8')))
  // A line that a full disk or a crash cut short is passed over; the pictures of all others are still there.
  const { events } = await readEvents(join(journal.path, 'events.jsonl'), jobEventSchema)
  return { journal, events, job: events.reduce(after, head.job) }
}
