import { UserError } from '@promptloom/runner/errors'
import { recordOpinions } from '../ratings.ts'
import { rowsWithIds } from '../workspace-rows.ts'
import { inboxRows } from './doomed.ts'

/**
 * Rates a row of a workspace; the latest rating of a row counts.
 * @param rating whole, 1 (worst) to 5 (best)
 * @throws UserError for another rating, or an id that no row has
 */
export async function rate(workspace: string, id: string, rating: number): Promise<void> {
  if (!Number.isInteger(rating) || rating < 1 || rating > 5) {
    throw new UserError(`The rating is ${rating}; it should be a whole number from 1 (worst) to 5 (best).`)
  }
  if (!(await exists(workspace, id))) {
    throw new UserError(
      `No row of ${workspace} has the id "${id}"; copy it from the output of promptloom search --json.`,
    )
  }
  await recordOpinions(workspace, [{ id, kind: 'rated', rating }])
}

async function exists(workspace: string, id: string): Promise<boolean> {
  if ((await rowsWithIds(workspace, new Set([id]))).has(id)) return true
  for await (const { row } of inboxRows(workspace)) if (row.id === id) return true
  return false
}
