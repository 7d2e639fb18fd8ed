import type { PromptRow } from '@promptloom/dataset/row'
import { DamagedFileError } from '@promptloom/runner/errors'
import type { Checkpoint, ShardContext } from '@promptloom/runner/stage'
import { type FindingSource, previousSource } from './assembly.ts'
import { sizeMismatch } from './fetcher.ts'
import type { Finding } from './finding.ts'
import type { FetchOptions } from './options.ts'
import { OUTCOMES, type Outcome } from './outcomes.ts'

type Context = Pick<ShardContext<FetchOptions>, 'read' | 'options'>

/**
 * What a shard's last commit knows of rows that have the same id and address now: nobody is asked for those again. Of
 * transient failures nothing is carried over, nor of pictures that the row's present size judges otherwise.
 *
 * @returns undefined where the last commit's files can't be read any more: then everything is fetched.
 */
export async function unchangedSource(
  last: Checkpoint,
  rows: readonly PromptRow[],
  context: Context,
): Promise<(FindingSource & AsyncDisposable) | undefined> {
  const before = await readable(last, context)
  if (!before) return undefined
  const byId = new Map(rows.map((row) => [row.id, row]))
  return {
    find(id) {
      const [row, finding] = [byId.get(id), before.find(id)]
      return row && finding && isUnchanged(row, finding, context.options) ? finding : undefined
    },
    picture: (finding) => before.picture(finding),
    [Symbol.asyncDispose]: () => before[Symbol.asyncDispose](),
  }
}

const TRANSIENT = new Set(Object.keys(OUTCOMES).filter((name) => OUTCOMES[name as Outcome] === 'transient'))

async function readable(last: Checkpoint, context: Context) {
  try {
    return await previousSource(last, TRANSIENT, context)
  } catch (error) {
    if (error instanceof DamagedFileError) return undefined
    throw error
  }
}

function isUnchanged(row: PromptRow, { row: found, fetch }: Finding, { matchSize }: FetchOptions): boolean {
  // Logs of old name only the address that answered: the same one, where nothing redirected.
  if ((fetch.url ?? fetch.final_url) !== row.url) return false
  if (!matchSize) return true
  return found.outcome !== 'wrong_size' && (found.width === 0 || sizeMismatch(row, found) === undefined)
}
