import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import type { Checkpoint, StageContext } from '@promptloom/runner/stage'

/**
 * What a shard last committed, whatever has changed since: what a stage may carry results over from when the shard
 * runs again. The runner replaces it only once the shard is done. Undefined where there is none.
 *
 * @param stage the stage's own name.
 */
export async function lastCommit(
  stage: string,
  shard: string,
  context: Pick<StageContext<unknown>, 'workspace' | 'open'>,
): Promise<Checkpoint | undefined> {
  const commits = await context.open('last commits', async () => {
    const all = await new CheckpointFolder(context.workspace, stage).list()
    return { byShard: new Map(all.map((one) => [one.shard, one])), [Symbol.asyncDispose]: async () => undefined }
  })
  return commits.byShard.get(shard)
}

/** Whether a shard that runs again differs from its last commit in nothing but the rows that come in. */
export function differsByRowsAlone(last: Checkpoint, parts: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(last.parts), ...Object.keys(parts)].filter(isNotRows))
  return [...names].every((name) => last.parts[name] === parts[name])
}

function isNotRows(part: string): boolean {
  return part !== 'rows' && !part.startsWith('input ') && part !== 'duplicates'
}
