import { UserError } from '@promptloom/runner/errors'
import { recordOpinions } from '../ratings.ts'
import { requireRows } from './row-presence.ts'

/**
 * Rates a row of a workspace; the latest rating of a row counts.
 * @param rating whole, 1 (worst) to 5 (best)
 * @throws UserError for another rating, or an id that no row has
 */
export async function rate(workspace: string, id: string, rating: number): Promise<void> {
  if (!Number.isInteger(rating) || rating < 1 || rating > 5) {
    throw new UserError(`The rating is ${rating}; it should be a whole number from 1 (worst) to 5 (best).`)
  }
  await requireRows(workspace, [id])
  await recordOpinions(workspace, [{ id, kind: 'rated', rating }])
}
