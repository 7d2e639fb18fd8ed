import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Job } from '../api/job.ts'
import { followJob, readJobs, startKeep } from '../api/loop.ts'
import { notify, notifyFailure } from '../interface/notice.tsx'
import { NOTHING } from '../question/query.ts'
import { forgetAnswers } from '../results/results.ts'
import { rowAddress } from '../row/row-address.ts'
import { refreshCollection } from '../search/collection-facts.ts'

const jobs = signal<readonly Job[]>([])

/** Every job that the server remembers, the latest first. */
export const history: ReadonlySignal<readonly Job[]> = jobs

/** What became of a painted picture. */
export type Kept =
  | { readonly state: 'keeping' }
  | { readonly state: 'kept'; readonly id: string; readonly outcome: string }

const keeping = signal<ReadonlySet<string>>(new Set())

/** What became of painted pictures, by job and position. */
export const keptPictures: ReadonlySignal<ReadonlyMap<string, Kept>> = computed(() => {
  const entries: [string, Kept][] = [...keeping.value].map((name) => [name, { state: 'keeping' }])
  for (const job of jobs.value) {
    if (job.kind !== 'keep') continue
    for (const { position, id, outcome } of job.kept) {
      entries.push([pictureName(String(job.request.job), position), { state: 'kept', id, outcome }])
    }
  }
  return new Map(entries)
})

/** Name of a painted picture among all. */
export function pictureName(job: string, position: number): string {
  return `${job}/${position}`
}

/** Reads the history anew. */
export async function refreshHistory(): Promise<void> {
  try {
    jobs.value = await readJobs()
  } catch (error) {
    notifyFailure(error)
  }
}

/** Puts painted pictures into the collection, and tells when they can be found. */
export async function keepPictures(job: string, positions: readonly number[]): Promise<void> {
  const names = positions.map((position) => pictureName(job, position))
  keeping.value = new Set([...keeping.value, ...names])
  const done = async (ended: Job) => {
    await refreshHistory()
    keeping.value = new Set([...keeping.value].filter((name) => !names.includes(name)))
    tell(ended)
  }
  const failed = (error: unknown) => {
    keeping.value = new Set([...keeping.value].filter((name) => !names.includes(name)))
    notifyFailure(error)
  }
  try {
    const id = await startKeep({ job, pictures: [...positions] })
    followJob(id, (now) => now.ended !== null && void done(now), failed)
  } catch (error) {
    failed(error)
  }
}

function tell(job: Job): void {
  if (job.state !== 'done') {
    notifyFailure(new Error(job.error?.message ?? 'The pictures were not kept.'))
    return
  }
  forgetAnswers()
  void refreshCollection()
  const [first] = job.kept
  const what = job.kept.length === 1 ? 'Kept' : `${job.kept.length} pictures kept`
  notify({
    text: job.searchable
      ? `${what}: the next search can find it.`
      : `${what}. ${job.progress.state || 'It joins the search with the next run.'}`,
    ...(first && job.searchable ? { link: { href: rowAddress(first.id, NOTHING), label: 'Look' } } : {}),
  })
}
