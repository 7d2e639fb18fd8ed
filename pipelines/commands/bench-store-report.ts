import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InterruptedError, RunnerError, UserError } from '@promptloom/runner/errors'
import { type RunOptions, run } from '@promptloom/runner/run'
import type { Stage } from '@promptloom/runner/stage'
import type { z } from 'zod'
import { reportFolder } from '../benchmark/archive.ts'
import { benchmarkOptions } from '../benchmark/options.ts'
import { benchmarkStage } from '../benchmark/stage.ts'
import { recordedStages } from './bench-store-record.ts'

/** The benchmark stage failed over a store that was named on the command line. Exit code 1. */
class StoreReportError extends RunnerError {
  readonly exitCode = 1
}

/** Rows of the copy whose life is measured, where the vectors for it were kept. */
const COPY = 100_000

/**
 * Runs the benchmark stage over the store in a folder: the whole sweep, questions being rows of the table, and the life
 * of a copy. Answers with the path of its page. What `bench store` did before is the ledger; over a store that something
 * else has filled there is neither ledger nor copy.
 * @throws UserError when there is no store in the folder, StoreReportError when the stage fails, InterruptedError.
 */
export async function reportOnStore(
  folder: string,
  work: Pick<RunOptions, 'signal' | 'listener'> = {},
  given: z.input<typeof benchmarkOptions> = {},
): Promise<string> {
  const workspace = resolve(folder)
  if (!existsSync(join(workspace, 'store'))) {
    throw new UserError(
      `There is no store in ${workspace}; "promptloom bench store --keep" leaves one, and says where.`,
    )
  }
  const recorded = recordedStages(workspace)
  const lifecycleRows = recorded.length > 0 ? COPY : 0
  const options = benchmarkOptions.parse({ tracks: ['text-to-text'], sweep: 'full', lifecycleRows, ...given })
  const pipeline = [...recorded, { stage: benchmarkStage as Stage<unknown>, options }]
  const { stages, exitCode } = await run({ ...work, workspace, pipeline, only: 'benchmark' })
  if (exitCode === 3) throw new InterruptedError('Interrupted; the same command goes on with what is left.')
  const [failure] = stages.flatMap(({ failures }) => failures)
  if (failure) throw new StoreReportError(`The benchmark stage failed at ${failure.shard}: ${failure.message}`)
  return join(reportFolder(workspace), 'latest.html')
}
