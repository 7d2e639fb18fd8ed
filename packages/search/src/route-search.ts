import type { Filter } from '@promptloom/store/filter'
import type { SearchHit } from '@promptloom/store/search'
import type { Reason, Route } from './answer.ts'
import { deviations } from './background.ts'
import type { Collection } from './collection.ts'
import { combine, type TermVector } from './combination.ts'
import { type RouteCutoff, routeCutoff } from './cutoff.ts'
import type { Foldable } from './folding.ts'
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

const COLUMNS = ['id', 'prompt', 'url', 'width', 'height', 'source_site', 'origin', 'parents']

/**
 * Searches one table by a combined vector and scores what it finds against the table's background.
 * @throws NotSearchableError when the table is missing or empty.
 */
export async function searchRoute(collection: Collection, question: RouteQuestion): Promise<RouteResult> {
  const { find, terms, window, route } = question
  const searched = collection.tables[find]
  if (!searched) throw new NotSearchableError(missing(find))
  const vector = combine(terms, searched.background)
  const background = searched.background.of(vector)
  const cutoff = routeCutoff(collection.calibration, terms, { find, rows: searched.rows })
  const { shape } = searched.table
  const { hits, reason } = await searched.table.search({
    vector,
    k: Math.min(window + question.except.length, 10_000),
    columns: [
      ...COLUMNS,
      ...(find === 'pictures' ? ['sha256'] : []),
      ...(window <= VECTOR_WINDOW ? [shape.vector] : []),
    ],
    ...(question.filter ? { filter: question.filter } : {}),
    ...(question.signal ? { signal: question.signal } : {}),
  })
  const scored = hits
    .filter(({ id }) => !question.except.includes(id))
    .map((hit, at) => routeHit(hit, { route, rank: at + 1, score: deviations(hit.distance, background), shape }))
  const least = question.applyCutoff ? (cutoff.score ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY
  const kept = scored.filter(({ reason: { score = 0 } }) => score >= least).slice(0, window)
  return {
    route,
    hits: kept,
    nearest: scored[0],
    cutoff,
    exhausted: scored.length < window || kept.length < window,
    ...(reason.includes('no index') ? { warning: `Searched row by row: ${reason}.` } : {}),
  }
}

function missing(find: 'prompts' | 'pictures'): string {
  return find === 'pictures'
    ? 'The collection has no pictures yet; run the stages fetch-images, embed and load first, or search for prompts.'
    : 'The collection has no prompts yet; bring it up to date with "promptloom run" first.'
}

function routeHit(
  hit: SearchHit,
  { route, rank, score, shape }: { route: Route; rank: number; score: number; shape: { vector: string } },
): RouteHit {
  const { [shape.vector]: values, distance, ...columns } = hit
  const vector = values ? unit(values as number[]) : undefined
  return {
    row: { ...(columns as unknown as FoundRow), ...(vector ? { vector } : {}) },
    reason: { route, rank, distance: Math.max(0, distance), score, note: `${LIKENESS[route]}, ${inWords(score)}` },
  }
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
