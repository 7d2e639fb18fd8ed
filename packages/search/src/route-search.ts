import type { Filter } from '@promptloom/store/filter'
import type { Reason, Route } from './answer.ts'
import type { Collection } from './collection.ts'
import { combine, type TermVector } from './combination.ts'
import { type RouteCutoff, routeCutoff } from './cutoff.ts'
import type { Foldable } from './folding.ts'
import { judge } from './judgement.ts'
import { NotSearchableError } from './search-error.ts'
import { unit } from './vector.ts'

/** Windows up to this bring the rows' vectors along, so that near-duplicates can be told; beyond, equal words tell. */
const VECTOR_WINDOW = 400

/** The columns of a hit, as the store gives them. */
export interface FoundRow extends Foldable {
  readonly url: string
  readonly width: number
  readonly height: number
  readonly source_site: string
  readonly origin: 'dataset' | 'refined' | 'generated'
  readonly parents: readonly string[]
}

/** A row that one route found. */
export interface RouteHit {
  readonly row: FoundRow
  readonly reason: Reason
}

/** What one route brought. */
export interface RouteResult {
  readonly route: Route
  /** Best first, none below the cut-off. */
  readonly hits: readonly RouteHit[]
  /** The nearest row of all, also when it is below the cut-off. */
  readonly nearest: RouteHit | undefined
  readonly cutoff: RouteCutoff
  /** Whether a larger window would bring nothing more. */
  readonly exhausted: boolean
  readonly warning?: string
}

/** One vector search: which table, with what, and how much of it. */
export interface RouteQuestion {
  readonly route: Route
  readonly find: 'prompts' | 'pictures'
  readonly terms: readonly TermVector[]
  readonly filter: Filter | undefined
  /** Ids that are no answer. */
  readonly except: readonly string[]
  readonly applyCutoff: boolean
  readonly window: number
  readonly signal: AbortSignal | undefined
}

/** Columns of a hit, but for its vector. */
export const ROW_COLUMNS = ['id', 'prompt', 'url', 'width', 'height', 'source_site', 'origin', 'parents']

/**
 * Searches one table by a combined vector and scores what it finds against the table's background.
 * @throws NotSearchableError when the table is missing or empty.
 */
export async function searchRoute(collection: Collection, question: RouteQuestion): Promise<RouteResult> {
  const { find, terms, window, route } = question
  const searched = collection.tables[find]
  if (!searched) throw new NotSearchableError(missing(find))
  const vector = combine(terms, searched.background)
  const single = terms.length === 1
  const cutoff = routeCutoff(collection.calibration, terms, { find, rows: searched.rows })
  const withVectors = window <= VECTOR_WINDOW || (cutoff.applies && !single)
  const { hits, reason } = await searched.table.search({
    vector,
    k: Math.min(window + question.except.length, 10_000),
    columns: columnsOf(find, withVectors ? searched.table.shape.vector : undefined),
    ...(question.filter ? { filter: question.filter } : {}),
    ...(question.signal ? { signal: question.signal } : {}),
  })
  const judged = judge(cutoff, { vector, background: searched.background, single })
  const found = hits
    .filter(({ id }) => !question.except.includes(id))
    .slice(0, window)
    .map((hit, at) => {
      const row = foundRow(hit, searched.table.shape.vector)
      const { score, passes } = judged({ distance: hit.distance, vector: row.vector })
      const note = `${LIKENESS[route]}, ${inWords(score)}`
      return { row, reason: { route, rank: at + 1, distance: Math.max(0, hit.distance), score, note }, passes }
    })
  const kept = question.applyCutoff ? found.filter(({ passes }) => passes) : found
  return {
    route,
    hits: kept,
    nearest: found[0],
    cutoff,
    exhausted: found.length < window || (single && kept.length < window),
    ...(reason.includes('no index') ? { warning: `Searched row by row: ${reason}.` } : {}),
  }
}

function columnsOf(find: 'prompts' | 'pictures', vector: string | undefined): string[] {
  return [...ROW_COLUMNS, ...(find === 'pictures' ? ['sha256'] : []), ...(vector ? [vector] : [])]
}

function missing(find: 'prompts' | 'pictures'): string {
  return find === 'pictures'
    ? 'The collection has no pictures yet; run the stages fetch-images, embed and load first, or search for prompts.'
    : 'The collection has no prompts yet; bring it up to date with "promptloom run" first.'
}

/** A row of the table as a hit shows it; its vector, under the column's name, becomes one of unit length. */
export function foundRow(hit: Readonly<Record<string, unknown>>, vectorColumn: string): FoundRow {
  const { [vectorColumn]: values, distance: _, ...columns } = hit
  const vector = values ? unit(values as number[]) : undefined
  return { ...(columns as unknown as FoundRow), ...(vector ? { vector } : {}) }
}

const LIKENESS: Readonly<Record<Route, string>> = {
  'text→prompts': 'its prompt means much the same',
  'text→pictures': 'its picture shows what the words say',
  'picture→prompts': 'its prompt describes the picture',
  'picture→pictures': 'its picture looks like yours',
  'mixed→prompts': 'its prompt fits words and pictures together',
  'mixed→pictures': 'its picture fits words and pictures together',
  keywords: 'its prompt holds the words',
}

function inWords(score: number): string {
  return `${score.toFixed(1)} deviations ${score < 0 ? 'below' : 'above'} random rows`.replace('-', '')
}
