import { exitCodeOf, UserError } from '@promptloom/runner/errors'
import { lockWorkspace } from '@promptloom/runner/lock'
import { readManifest } from '@promptloom/runner/manifest'
import type { Listener } from '@promptloom/runner/progress'
import { run } from '@promptloom/runner/run'
import type { Configuration } from '../configuration.ts'
import { forgetInBatch } from '../feedback/inbox.ts'
import { forgetAnswers } from '../feedback/queue/forgotten-answers.ts'
import { buildPipeline } from '../pipeline.ts'
import { bury, carriedOutTombstones, noteCarriedOut, type Tombstone, Tombstones } from '../tombstones.ts'
import { rowsWithIds, visitRows } from '../workspace-rows.ts'
import { clearCaches, clearJobPictures } from './caches.ts'
import { type Doomed, type ForgetTarget, findDoomed, inboxRows } from './doomed.ts'
import { forgetJobTexts, jobFolders } from './job-texts.ts'

/** Stages through which a row goes away, in order. The index is not built anew: it leaves out what is not there. */
export const ROW_STAGES = ['download', 'fetch-images', 'feedback', 'embed', 'load'] as const

/** How rows are forgotten. */
export interface ForgetOptions {
  /** Kept in the tombstone. */
  readonly reason?: string
  readonly signal?: AbortSignal
  readonly listener?: Listener
}

/** What became of it. */
export interface Forgotten {
  readonly doomed: Doomed
  /** Whether files, database and caches are rid of it; else the next run does that, and searches leave it out at once. */
  readonly carriedOut: boolean
  /** The same in a sentence. */
  readonly note: string
}

/**
 * Forgets rows for good: a tombstone is recorded first, which keeps them from coming back and out of searches, whatever
 * happens then; after that the rows, their pictures and vectors, and what was made from them are taken out of the
 * workspace and the database.
 *
 * @throws UserError for an id that no row has
 */
export async function forget(
  configuration: Configuration,
  target: ForgetTarget,
  options: ForgetOptions = {},
): Promise<Forgotten> {
  const { workspace } = configuration
  const doomed = await findDoomed(workspace, target, options.signal)
  const known = await Tombstones.read(workspace)
  const isKnown = known.all.some(({ what, value }) => what === doomed.what && value === doomed.value)
  if (!isKnown) requireKnown(doomed, workspace)
  if (doomed.rows.length > 0 || !isKnown) await bury(workspace, [tombstoneOf(doomed, options.reason)])
  return { doomed, ...(await carryOut(configuration, options)) }
}

/**
 * An address or a source may be forgotten before a row has it; an id that none has is a slip.
 * @throws UserError for such an id
 */
export function requireKnown({ what, value, rows }: Doomed, workspace: string): void {
  if (what !== 'id' || rows.length > 0) return
  throw new UserError(
    `No row of ${workspace} has the id or address "${value}"; copy it from the output of promptloom search --json, or name a whole source with --source.`,
  )
}

function tombstoneOf({ what, value, derived }: Doomed, reason = ''): Tombstone {
  return { what, value, reason, at: new Date().toISOString(), derived: [...derived] }
}

/**
 * Carries out what was recorded: rows, pictures, vectors and caches of forgotten rows go. Where that cannot be done
 * now (the workspace is in use, a stage was never finished, the database is held elsewhere), the next run does it.
 */
export async function carryOut(
  configuration: Configuration,
  { signal, listener }: Pick<ForgetOptions, 'signal' | 'listener'> = {},
): Promise<Pick<Forgotten, 'carriedOut' | 'note'>> {
  const { workspace } = configuration
  try {
    const clearing = await clearInbox(workspace)
    const open = await unfinishedStage(workspace)
    if (open) return later(`${open} did not finish in this workspace`)
    const pipeline = buildPipeline(configuration, { asAcquired: true })
    for (const stage of await finishedStages(workspace)) {
      // Only what was forgotten is worked on: naming an outcome that nothing ends in keeps failed rows from being tried.
      const retry = { stage, outcomes: new Set(['none']) }
      const work = { workspace, pipeline, only: stage, retry, ...(signal ? { signal } : {}) }
      const { exitCode, stages } = await run({ ...work, ...(listener ? { listener } : {}) })
      if (exitCode !== 0) return later(stages.at(-1)?.failures[0]?.message ?? 'it was interrupted')
    }
    await clearing.finish()
    return { carriedOut: true, note: 'Rows, pictures, vectors and caches are rid of it, and it will not come back.' }
  } catch (error) {
    if (exitCodeOf(error) === undefined) throw error
    return later((error as Error).message.replace(/\.$/, ''))
  }
}

function later(why: string): Pick<Forgotten, 'carriedOut' | 'note'> {
  const note = `It is recorded: searches leave it out from now on, and the next run takes it out of files and database. Not at once: ${why}.`
  return { carriedOut: false, note }
}

/** What is left to be cleared once the stages have run. */
export interface Clearing {
  /** Clears the caches and notes that everything recorded so far is carried out. */
  finish(): Promise<void>
}

/** Takes forgotten rows out of the inbox. Must come before the stages run, which then find the inbox as it stays. */
export async function clearInbox(workspace: string): Promise<Clearing> {
  const tombstones = await Tombstones.read(workspace)
  const pending = tombstones.after(await carriedOutTombstones(workspace))
  if (pending.isEmpty) return { finish: async () => undefined }
  const shards = new Set<string>()
  const rows = new Set<string>()
  await visitRows(workspace, (row) => {
    if (!pending.hides(row)) return
    rows.add(row.id)
    if (row.table.stage === 'download') shards.add(row.table.shard)
  })
  await using _lock = await lockWorkspace(workspace)
  const gone = await doomedInInbox(workspace, pending)
  // Before the rows go, that after a crash it is still known what else has to go.
  await forgetAnswers(workspace, gone)
  await clearJobs(workspace, { rows, gone })
  for (const [batch, ids] of gone.batches) await forgetInBatch(workspace, batch, ids)
  return {
    async finish() {
      await using _again = await lockWorkspace(workspace)
      await clearCaches(workspace, shards)
      await noteCarriedOut(workspace, tombstones.all.length)
    },
  }
}

/** What of the inbox was forgotten. */
interface InboxDoom {
  /** Ids by batch. */
  readonly batches: Map<string, Set<string>>
  /** SHA-256 of pictures. */
  readonly pictures: Set<string>
  /** Improved prompts. */
  readonly prompts: Set<string>
  /** Ids and prompts of all rows. */
  readonly ids: Set<string>
  readonly texts: Set<string>
}

async function doomedInInbox(workspace: string, pending: Tombstones): Promise<InboxDoom> {
  const [pictures, prompts, ids, texts] = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()]
  const batches = new Map<string, Set<string>>()
  for await (const { row, batch } of inboxRows(workspace)) {
    if (!pending.hides(row)) continue
    batches.set(batch, (batches.get(batch) ?? new Set()).add(row.id))
    if (row.picture) pictures.add(row.picture.sha256)
    if (row.origin === 'refined') prompts.add(row.prompt)
    ids.add(row.id)
    texts.add(row.prompt)
  }
  return { batches, pictures, prompts, ids, texts }
}

/** What the studio's jobs have of forgotten rows; where there are no jobs, tables are not read for it. */
async function clearJobs(
  workspace: string,
  { rows, gone }: { rows: ReadonlySet<string>; gone: InboxDoom },
): Promise<void> {
  if ((await jobFolders(workspace)).length === 0) return
  await clearJobPictures(workspace, gone.pictures)
  const ids = new Set([...rows, ...gone.ids])
  const known = await rowsWithIds(workspace, rows)
  await forgetJobTexts(workspace, {
    ids,
    prompts: new Set([...gone.texts, ...[...known.values()].map(({ prompt }) => prompt)]),
  })
}

/** The first stage that was begun and not finished: going on with it is a run's work. */
async function unfinishedStage(workspace: string): Promise<string | undefined> {
  for (const stage of ROW_STAGES) {
    const manifest = await readManifest(workspace, stage)
    if (manifest && !manifest.settled) return stage
  }
  return undefined
}

async function finishedStages(workspace: string): Promise<string[]> {
  const finished: string[] = []
  for (const stage of ROW_STAGES) if (await readManifest(workspace, stage)) finished.push(stage)
  return finished
}
