import type { StageContext } from '@promptloom/runner/stage'
import { Tombstones } from './tombstones.ts'

/** What is forgotten, as it stood when the stage began: a row that is forgotten meanwhile is the next run's. */
export async function openTombstones({
  workspace,
  open,
  log,
}: Pick<StageContext<unknown>, 'workspace' | 'open' | 'log'>): Promise<Tombstones> {
  const opened = await open('tombstones', async () => {
    const tombstones = await Tombstones.read(workspace)
    if (tombstones.damaged > 0) {
      log.warn(`${tombstones.damaged} lines of events/tombstones.jsonl can't be read, and are passed over.`)
    }
    return { tombstones, [Symbol.asyncDispose]: async () => undefined }
  })
  return opened.tombstones
}
