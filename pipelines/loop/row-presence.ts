import { UserError } from '@promptloom/runner/errors'
import { rowsWithIds } from '../workspace-rows.ts'
import { inboxRows } from './doomed.ts'

/**
 * Makes sure that rows are there, in the collection or in its inbox: a parent that is misspelt would cut the lineage of
 * what is made from it for good.
 * @throws UserError that names the first id that no row has
 */
export async function requireRows(workspace: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const missing = new Set(ids)
  for (const id of (await rowsWithIds(workspace, missing)).keys()) missing.delete(id)
  if (missing.size > 0) for await (const { row } of inboxRows(workspace)) missing.delete(row.id)
  for (const id of missing) {
    throw new UserError(
      `No row of ${workspace} has the id "${id}"; copy it from the output of promptloom search --json.`,
    )
  }
}
