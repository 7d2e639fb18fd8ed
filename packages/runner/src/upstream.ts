import { CheckpointFolder } from './checkpoint.ts'
import { UserError } from './errors.ts'
import { readManifest } from './manifest.ts'
import type { Checkpoint } from './stage.ts'

/**
 * What a stage that is not run now has left, for later stages to build on.
 * @throws UserError unless the stage's last plan was carried out to its end: on half of it, later stages would take the
 * rest for gone, and remove what they made of it.
 */
export async function settledCheckpoints(workspace: string, stage: string): Promise<readonly Checkpoint[]> {
  const manifest = await readManifest(workspace, stage)
  if (!manifest)
    throw new UserError(
      `${stage} has not run in this workspace yet; run with --from ${stage}, or without --from and --only.`,
    )
  const found = new Map((await new CheckpointFolder(workspace, stage).list()).map((one) => [one.shard, one]))
  const current = manifest.shards.flatMap(({ name, fingerprint }) => {
    const checkpoint = found.get(name)
    return checkpoint?.fingerprint === fingerprint ? [checkpoint] : []
  })
  if (manifest.settled && current.length === manifest.shards.length) return current
  throw new UserError(
    `${stage} has ${current.length} of ${manifest.shards.length} shards up to date${manifest.settled ? '' : ', and did not finish'}; run with --from ${stage} first.`,
  )
}
