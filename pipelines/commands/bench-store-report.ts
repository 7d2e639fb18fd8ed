import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '@promptloom/runner/errors'
import { type RunOptions, run } from '@promptloom/runner/run'
import type { Stage } from '@promptloom/runner/stage'
import type { z } from 'zod'
import { reportFolder } from '../benchmark/archive.ts'
import { benchmarkOptions } from '../benchmark/options.ts'
import { benchmarkStage } from '../benchmark/stage.ts'

/**
 * Runs the benchmark stage alone over the store in a folder, and answers with the path of its page. No other stage has
 * run there, so that the report has no ledger; questions are rows of the table.
 * @throws UserError when there is no store in the folder, or the stage fails.
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
  const options = benchmarkOptions.parse({ tracks: ['text-to-text'], ...given })
  const pipeline = [{ stage: benchmarkStage as Stage<unknown>, options }]
  const { stages } = await run({ ...work, workspace, pipeline })
  const [failure] = stages.flatMap(({ failures }) => failures)
  if (failure) throw new UserError(`The benchmark stage failed at ${failure.shard}: ${failure.message}`)
  return join(reportFolder(workspace), 'latest.html')
}
