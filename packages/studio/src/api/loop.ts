import type { Job, JobEvent } from './job.ts'
import { after } from './job-after.ts'
import type { JobAnswer, JobList } from './job-answer.ts'
import type { KeepRequest, PaintRequest, RefineRequest } from './job-request.ts'
import type { Lineage } from './lineage.ts'
import type { Makers } from './maker.ts'
import { pathOf, request } from './request.ts'

/** Who refines and who paints. */
export function readMakers(): Promise<Makers> {
  return request('/api/makers')
}

/** Starts improving a prompt; answers with the job's id. */
export async function startRefine(body: RefineRequest): Promise<string> {
  return (await request<JobAnswer>('/api/refine', { json: body, outlivesPage: true })).job.id
}

/** Starts painting; answers with the job's id. */
export async function startPaint(body: PaintRequest): Promise<string> {
  return (await request<JobAnswer>('/api/paint', { json: body, outlivesPage: true })).job.id
}

/** Starts to put pictures into the collection; answers with the job's id. */
export async function startKeep(body: KeepRequest): Promise<string> {
  return (await request<JobAnswer>('/api/keep', { json: body, outlivesPage: true })).job.id
}

/** Every job that the server remembers, the latest first. */
export async function readJobs(): Promise<readonly Job[]> {
  return (await request<JobList>('/api/jobs')).jobs
}

/** One job. */
export async function readJob(id: string): Promise<Job> {
  return (await request<JobAnswer>(pathOf('api', 'jobs', id))).job
}

/** Ends a job; what it has made so far stays. */
export async function cancelJob(id: string): Promise<void> {
  await request(pathOf('api', 'jobs', id, 'cancel'), { json: {}, outlivesPage: true })
}

/** Address of a painted picture. */
export function jobPictureOf(id: string, position: number): string {
  return pathOf('api', 'jobs', id, 'pictures', position)
}

/** Where a row comes from and what came of it. */
export function readLineage(id: string): Promise<Lineage> {
  return request(pathOf('api', 'rows', id, 'lineage'))
}

/** Rates a row, from 1 to 5. */
export async function rateRow(id: string, rating: number): Promise<void> {
  await request(pathOf('api', 'rows', id, 'rating'), { json: { rating }, outlivesPage: true })
}

/** Takes a row out of the collection for good. */
export async function forgetRow(id: string, reason: string): Promise<void> {
  await request(pathOf('api', 'rows', id, 'forget'), { json: { reason }, outlivesPage: true })
}

/** A job that is being followed. */
export interface Followed {
  /** Ends the following; the job goes on. */
  stop(): void
}

/** Milliseconds after which events that were refused are asked for again. */
const REFUSED_MS = 1_000

const EVENTS: readonly JobEvent['type'][] = ['neighbours', 'progress', 'variant', 'picture', 'kept', 'end', 'again']

/**
 * Tells of a job now and after each of its events, until it has ended. A lost connection is taken up again where it
 * broke off.
 * @param onJob hears of every state of the job, the last one ended
 * @param onFailure hears when there is no such job, or no server
 */
export function followJob(id: string, onJob: (job: Job) => void, onFailure: (error: unknown) => void): Followed {
  let source: EventSource | undefined
  let stopped = false
  const stop = () => {
    stopped = true
    source?.close()
  }
  const listen = (first: Job) => {
    let job = first
    onJob(job)
    if (stopped || job.ended !== null) return
    source = new EventSource(pathOf('api', 'jobs', id, 'events'))
    for (const type of EVENTS) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        job = after(job, JSON.parse(data) as JobEvent)
        onJob(job)
        if (type === 'end') stop()
      })
    }
    // The browser itself takes up what breaks off, but not what the server has refused.
    source.addEventListener('error', () => {
      if (!stopped && source?.readyState === EventSource.CLOSED) setTimeout(begin, REFUSED_MS)
    })
  }
  const begin = () => {
    if (!stopped) readJob(id).then((job) => stopped || listen(job), onFailure)
  }
  begin()
  return { stop }
}

/** Does again what a job that failed, or was cancelled, has not done. */
export async function againJob(id: string): Promise<void> {
  await request(pathOf('api', 'jobs', id, 'again'), { json: {}, outlivesPage: true })
}
