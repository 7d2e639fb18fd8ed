import type { Collection } from './collection.ts'
import { thumbnailPath } from './composition.ts'
import { isForgotten } from './forgotten.ts'
import type { RowView } from './row-view.ts'
import { RowNotFoundError } from './search-error.ts'
import { rowsById } from './table-facts.ts'
import { dot, unit } from './vector.ts'

const COLUMNS = ['prompt', 'url', 'width', 'height', 'source_site', 'origin', 'parents']

/**
 * One row, with how well its prompt and its picture fit each other.
 * @throws RowNotFoundError
 */
export async function readRow(collection: Collection, id: string): Promise<RowView> {
  const { store, tables, pictures } = collection
  const [text] = tables.prompts
    ? await rowsById(store, tables.prompts.table, { ids: [id], columns: [...COLUMNS, 'truncated', 'prompt_vector'] })
    : []
  const [image] = tables.pictures
    ? await rowsById(store, tables.pictures.table, { ids: [id], columns: [...COLUMNS, 'image_vector'] })
    : []
  const row = text ?? image
  const forgotten = await collection.forgotten?.()
  if (!row || isForgotten({ id, url: String(row.url), source_site: String(row.source_site) }, forgotten))
    throw new RowNotFoundError(`There is no row with the id "${id.slice(0, 60)}" in the collection.`)
  const hasPicture = image !== undefined && (pictures?.count ?? 0) > 0
  return {
    id,
    prompt: String(row.prompt),
    url: String(row.url),
    width: Number(row.width),
    height: Number(row.height),
    source_site: String(row.source_site),
    origin: row.origin as RowView['origin'],
    parents: row.parents as string[],
    hasPicture,
    thumbnail: hasPicture ? thumbnailPath(id) : null,
    truncated: text?.truncated === true,
    clipScore: similarity(text?.prompt_vector, image?.image_vector),
  }
}

function similarity(prompt: unknown, picture: unknown): number | null {
  const [a, b] = [prompt, picture].map((values) => (Array.isArray(values) ? unit(values) : undefined))
  return a && b ? dot(a, b) : null
}
