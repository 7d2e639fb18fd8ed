import { exitCodeOf, WorkspaceBusyError } from '@promptloom/runner/errors'
import type { Listener } from '@promptloom/runner/progress'
import { run } from '@promptloom/runner/run'
import type { Configuration } from '../configuration.ts'
import { buildPipeline } from '../pipeline.ts'

/** What became of rows that wait in the inbox. */
export interface BroughtIn {
  /** Whether they are in the database; else they wait for the next run. */
  readonly searchable: boolean
  /** The same in words, with the reason. */
  readonly note: string
}

/** How rows are brought in. */
export interface BringInOptions {
  readonly signal?: AbortSignal
  readonly listener?: Listener
}

/**
 * Takes what waits in the inbox into the database, by the stages that every row goes through: feedback, embed, load.
 * The index is left as it is; newer rows are looked at beside it. An embedded store may be open in this process
 * meanwhile; another process that has it open makes the rows wait.
 *
 * Where the workspace or its store is busy, or its collection has not been loaded yet, nothing is lost: the rows wait
 * for the next run.
 * @throws what a run throws, but for that; the signal's reason after an abort
 */
export async function bringIn(configuration: Configuration, options: BringInOptions = {}): Promise<BroughtIn> {
  const { workspace } = configuration
  const pipeline = buildPipeline(configuration)
  const waits = (why: string) => ({ searchable: false, note: `In the inbox; joins with the next run (${why}).` })
  try {
    const { exitCode, stages } = await run({ workspace, pipeline, from: 'feedback', to: 'load', ...options })
    options.signal?.throwIfAborted()
    if (exitCode === 0) return { searchable: true, note: 'In the collection; the next search finds it.' }
    const [failure] = stages.flatMap(({ failures }) => failures)
    return waits(failure?.message ?? 'a stage failed')
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof WorkspaceBusyError) return waits('the workspace is in use by a run')
    const { name, message } = error as Error
    // A collection that was never run to its end, or a store that somebody else has open: the user's to settle.
    if (name === 'StoreBusyError' || exitCodeOf(error) === 2) return waits(message.replace(/\.$/, ''))
    throw error
  }
}
