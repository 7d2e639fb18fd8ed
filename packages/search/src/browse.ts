import { z } from 'zod'
import type { Collection } from './collection.ts'
import { thumbnailPath } from './composition.ts'
import { isForgotten } from './forgotten.ts'
import { rowViewSchema } from './row-view.ts'
import { rowsById } from './table-facts.ts'

/** A row as a page of rows shows it. */
export const rowSummarySchema = rowViewSchema
  .omit({ truncated: true, clipScore: true })
  .meta({ id: 'RowSummary', description: 'One row of the collection, in short.' })

/** Rows that nobody asked for by a question. */
export const browsedSchema = z
  .strictObject({ rows: z.array(rowSummarySchema), more: z.boolean().describe('Whether there is a next page.') })
  .meta({ id: 'Browsed' })

/** A row as a page of rows shows it. */
export type RowSummary = z.output<typeof rowSummarySchema>
/** Rows that nobody asked for by a question. */
export type Browsed = z.output<typeof browsedSchema>

/** Which rows to show. */
export interface BrowseRequest {
  /** `shuffled`: in an order that the seed decides and that stays the same while the rows do; `newest`: the latest first. */
  readonly order: 'shuffled' | 'newest'
  readonly seed: number
  /** Rows a page. */
  readonly k: number
  /** Counted from 1. */
  readonly page: number
}

const COLUMNS = ['prompt', 'url', 'width', 'height', 'source_site', 'origin', 'parents']
const ORDERS = { shuffled: 'sipHash64(id, {seed:UInt32}), id', newest: 'created DESC, id' } as const

/**
 * A page of the collection itself, for looking around: pictures where it has any, else prompts. Pictures that are the
 * same bytes as an earlier row's are left out.
 */
export async function browse(collection: Collection, { order, seed, k, page }: BrowseRequest): Promise<Browsed> {
  const { store, tables, pictures } = collection
  const searched = tables.pictures ?? tables.prompts
  if (!searched) return { rows: [], more: false }
  const distinct = tables.pictures ? "WHERE duplicate_of = ''" : ''
  const found = await store.database.rows<{ id: string }>(
    `SELECT id FROM ${searched.table.name} ${distinct} ORDER BY ${ORDERS[order]} LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
    { params: { limit: k + 1, offset: (page - 1) * k, ...(order === 'shuffled' ? { seed } : {}) } },
  )
  const ids = found.slice(0, k).map(({ id }) => id)
  const rows = new Map(
    (await rowsById(store, searched.table, { ids, columns: COLUMNS })).map((row) => [String(row.id), row]),
  )
  const forgotten = await collection.forgotten?.()
  const hasPicture = tables.pictures !== undefined && (pictures?.count ?? 0) > 0
  return {
    more: found.length > k,
    rows: ids.flatMap((id) => {
      const row = rows.get(id)
      const shown = row && summary(id, row, hasPicture)
      return shown && !isForgotten(shown, forgotten) ? [shown] : []
    }),
  }
}

function summary(id: string, row: Record<string, unknown>, hasPicture: boolean): RowSummary {
  return {
    id,
    prompt: String(row.prompt),
    url: String(row.url),
    width: Number(row.width),
    height: Number(row.height),
    source_site: String(row.source_site),
    origin: row.origin as RowSummary['origin'],
    parents: row.parents as string[],
    hasPicture,
    thumbnail: hasPicture ? thumbnailPath(id) : null,
  }
}
