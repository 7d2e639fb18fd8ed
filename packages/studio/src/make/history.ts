import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Job } from '../api/job.ts'
import { followJob, readJobs, startKeep } from '../api/loop.ts'
import { countedOf } from '../interface/amounts.ts'
import { notify, notifyFailure } from '../interface/notice.tsx'
import { outcomeName } from '../interface/outcome-name.ts'
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
  | { readonly state: 'kept'; readonly id: string; readonly outcome: string; readonly searchable: boolean }

const keeping = signal<ReadonlySet<string>>(new Set())
/** Keep jobs whose end is waited for. */
const followed = new Set<string>()
/** Times that the history was asked for, and which of them is shown. */
let asked = 0
let shown = 0

/** What became of painted pictures, by job and position. */
export const keptPictures: ReadonlySignal<ReadonlyMap<string, Kept>> = computed(() => {
  const known = new Map<string, Kept>()
  // The oldest first: what was tried last is what holds.
  for (const job of jobs.value.filter(({ kind }) => kind === 'keep').toReversed()) {
    const { ended, searchable } = job
    if (ended === null) for (const name of picturesOf(job)) known.set(name, { state: 'keeping' })
    for (const { position, id, outcome } of job.kept) {
      known.set(pictureName(String(job.request.job), position), { state: 'kept', id, outcome, searchable })
    }
  }
  for (const name of keeping.value) known.set(name, { state: 'keeping' })
  return known
})

/** Name of a painted picture among all. */
export function pictureName(job: string, position: number): string {
  return `${job}/${position}`
}

/** Names of the pictures that a keep job was asked for. */
function picturesOf({ request }: Job): string[] {
  return (request.pictures as readonly number[]).map((position) => pictureName(String(request.job), position))
}

/** Reads the history anew; what is being kept, for this page or another, is waited for. */
export async function refreshHistory(): Promise<void> {
  const turn = ++asked
  try {
    const read = await readJobs()
    // An answer that was overtaken by a later one knows less.
    if (turn < shown) return
    shown = turn
    jobs.value = read
  } catch (error) {
    notifyFailure(error)
  }
  for (const { id, kind, ended } of jobs.value) if (kind === 'keep' && ended === null) awaitKeep(id)
}

/** Tells of a keep job once it has ended. */
function awaitKeep(id: string, onEnd: () => void = () => undefined): void {
  if (followed.has(id)) return
  followed.add(id)
  const done = async (ended: Job) => {
    await refreshHistory()
    onEnd()
    tell(ended)
  }
  followJob(
    id,
    (now) => now.ended !== null && void done(now),
    (error) => {
      followed.delete(id)
      onEnd()
      notifyFailure(error)
    },
  )
}

/** Puts painted pictures into the collection, and tells when they can be found. */
export async function keepPictures(job: string, positions: readonly number[]): Promise<void> {
  const names = positions.map((position) => pictureName(job, position))
  keeping.value = new Set([...keeping.value, ...names])
  const end = () => {
    keeping.value = new Set([...keeping.value].filter((name) => !names.includes(name)))
  }
  try {
    awaitKeep(await startKeep({ job, pictures: [...positions] }), end)
  } catch (error) {
    end()
    notifyFailure(error)
  }
}

function tell(job: Job): void {
  if (job.state !== 'done') {
    notifyFailure(new Error(job.error?.message ?? 'The pictures were not kept.'))
    return
  }
  forgetAnswers()
  void refreshCollection()
  const taken = job.kept.filter(({ outcome }) => isTaken(outcome))
  const refused = job.kept.length - taken.length
  if (refused > 0) {
    const said = [...new Set(job.kept.map(({ outcome }) => outcome).filter((outcome) => !isTaken(outcome)))]
    notifyFailure(new Error(`Not kept: ${countedOf(refused, 'picture')} (${said.map(outcomeName).join(', ')}).`))
  }
  const [first] = taken
  if (!first) return
  const what = taken.length === 1 ? 'Kept' : `${taken.length} pictures kept`
  notify({
    text: job.searchable
      ? `${what}: the next search can find ${taken.length === 1 ? 'it' : 'them'}.`
      : `${what}. ${job.progress.state || 'It joins the search with the next run.'}`,
    ...(job.searchable ? { link: { href: rowAddress(first.id, NOTHING), label: 'Look' } } : {}),
  })
}

/** Whether a picture that ended so is a row now, or will be one. */
export function isTaken(outcome: string): boolean {
  return outcome === 'ok' || outcome === 'duplicate' || outcome === 'waiting'
}
