import { workspaceOwner } from '@promptloom/runner/lock'
import type { CollectionHolder } from './collection-holder.ts'
import { RunLog } from './run-log.ts'

/** Stages that work on the database. */
const ON_THE_DATABASE: ReadonlySet<string> = new Set(['load', 'build-index', 'benchmark'])

/** What is watched. */
export interface WatchOptions {
  readonly workspace: string
  readonly holder: Pick<CollectionHolder, 'lend' | 'refresh'>
  /** Whether the store is the embedded one, which one process at a time can open. */
  readonly embedded: boolean
  readonly pollMs?: number
  readonly onError?: (error: unknown) => void
}

/**
 * Watches for runs of other processes in the workspace: lends them the embedded store while they work on the database,
 * and opens the collection anew when they have ended, so that what they brought is found. Disposing of it ends the
 * watch.
 */
export function watchWorkspace(options: WatchOptions): AsyncDisposable {
  const { workspace, holder, embedded, pollMs = 1_000, onError = () => undefined } = options
  const log = new RunLog(workspace)
  let running = false
  let lent: AsyncDisposable | undefined
  const look = async () => {
    const owner = await workspaceOwner(workspace)
    const foreign = owner !== undefined && owner.pid !== process.pid
    const stage = foreign && embedded ? await stageOfLastRun(log) : undefined
    const wanted = stage !== undefined && ON_THE_DATABASE.has(stage)
    if (wanted && !lent)
      lent = await holder.lend(`A run of the pipeline, process ${owner?.pid}, is at the stage ${stage}`)
    if (!wanted && lent) {
      await lent[Symbol.asyncDispose]()
      lent = undefined
    }
    const hasEnded = running && !foreign
    running = foreign
    if (hasEnded) await holder.refresh()
  }
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()
  let ended = false
  const next = () => {
    if (ended) return
    timer = setTimeout(() => {
      looking = look().catch(onError).finally(next)
    }, pollMs)
    timer.unref()
  }
  next()
  return {
    async [Symbol.asyncDispose]() {
      ended = true
      clearTimeout(timer)
      await looking
      await lent?.[Symbol.asyncDispose]()
    },
  }
}

/** The stage that the last run is at, by the last line that tells; undefined where it is at none. */
async function stageOfLastRun(log: RunLog): Promise<string | undefined> {
  const last = (await log.tail()).findLast(({ msg, stage }) => /^(stage|run)-/.test(msg) || stage !== undefined)
  return last && last.msg !== 'stage-end' && typeof last.stage === 'string' ? last.stage : undefined
}
