import type { Neighbour } from '@promptloom/refine/refiner'
import type { Collection } from '@promptloom/search/collection'
import { RowNotFoundError } from '@promptloom/search/search-error'
import { rowsById } from '@promptloom/search/table-facts'
import { dot, unit } from '@promptloom/search/vector'

/**
 * The rows that somebody has picked, as neighbours of a prompt: in the order in which they were picked, with how
 * similar their prompts are to it.
 * @throws RowNotFoundError for an id that the collection does not hold
 */
export async function pickedNeighbours(
  { store, tables, encoder }: Collection,
  prompt: string,
  { ids, signal }: { ids: readonly string[]; signal: AbortSignal },
): Promise<Neighbour[]> {
  const table = tables.prompts?.table
  const rows = table ? await rowsById(store, table, { ids, columns: ['prompt', 'prompt_vector'] }) : []
  const byId = new Map(rows.map((row) => [String(row.id), row]))
  const [asked] = await encoder.embedTexts([prompt], signal)
  return ids.map((id) => {
    const row = byId.get(id)
    if (!row) throw new RowNotFoundError(`There is no prompt with the id "${id.slice(0, 60)}" in the collection.`)
    const vector = unit(row.prompt_vector as number[])
    const similarity = asked && vector ? dot(asked.vector, vector) : 0
    return { id, prompt: String(row.prompt), similarity }
  })
}
