import type { Neighbour } from '@promptloom/refine/refiner'
import type { Collection } from '@promptloom/search/collection'
import { TEXT_LIMIT } from '@promptloom/search/question'
import { RowNotFoundError } from '@promptloom/search/search-error'
import type { Searcher } from '@promptloom/search/searcher'
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

/** Rows that a refiner is shown where nobody picked any. */
const NEAREST = 12

/** The prompts nearest to a prompt, and to the picture of the row `like` where one is given; nearest first. */
export async function nearestNeighbours(
  searcher: Searcher,
  { prompt, like }: { readonly prompt: string; readonly like?: string | undefined },
  signal: AbortSignal,
): Promise<Neighbour[]> {
  const terms = [{ text: prompt.slice(0, TEXT_LIMIT) }, ...(like === undefined ? [] : [{ id: like }])]
  const { hits } = await searcher.ask({ find: 'prompts', terms, k: NEAREST, cutoff: false }, { signal })
  return hits.flatMap(({ id, prompt, distance }) =>
    distance === null ? [] : [{ id, prompt, similarity: 1 - distance }],
  )
}
