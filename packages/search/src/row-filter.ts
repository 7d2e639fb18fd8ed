import type { Filter } from '@promptloom/store/filter'
import type { Collection } from './collection.ts'
import type { Filters } from './filters.ts'
import { withoutForgotten } from './forgotten.ts'
import type { Question } from './question.ts'
import { QuestionError } from './search-error.ts'

/**
 * All conditions of a question, those that need looking up included.
 * @throws QuestionError for a rating filter where no ratings are kept.
 */
export async function questionFilter(collection: Collection, question: Question): Promise<Filter | undefined> {
  const { minRating, hasPicture } = question.filters
  const all: Filter[] = []
  const filter = rowFilter(question.filters, question.phrases)
  if (filter) all.push(filter)
  if (hasPicture !== undefined) all.push(pictured(collection, hasPicture))
  if (minRating !== undefined) {
    if (!collection.ratedAtLeast)
      throw new QuestionError('This collection keeps no ratings; drop the filter minRating.')
    all.push({ column: 'id', is: 'in', value: await collection.ratedAtLeast(minRating) })
  }
  const forgotten = await collection.forgotten?.()
  const without = forgotten && withoutForgotten(forgotten)
  if (without) all.push(without)
  return all.length > 1 ? { all } : all[0]
}

function pictured({ tables }: Collection, wanted: boolean): Filter {
  // Nothing is in a table that is not there.
  const has: Filter = tables.pictures ? { idIn: tables.pictures.table.name } : { any: [] }
  return wanted ? has : { not: has }
}

/**
 * The conditions of a question as the store's filter; undefined where there are none. Sizes and orientation never
 * match rows of unknown size (0).
 */
export function rowFilter(filters: Filters, phrases: readonly string[]): Filter | undefined {
  const all: Filter[] = [...sizes(filters), ...origin(filters)]
  for (const phrase of phrases) all.push({ column: 'prompt', is: 'contains', value: phrase })
  return all.length > 0 ? { all } : undefined
}

function sizes({ minWidth, maxWidth, minHeight, maxHeight, orientation }: Filters): Filter[] {
  const all: Filter[] = []
  const sized = [minWidth, maxWidth, minHeight, maxHeight, orientation].some((value) => value !== undefined)
  if (sized) all.push({ column: 'width', is: '>', value: 0 }, { column: 'height', is: '>', value: 0 })
  if (minWidth !== undefined) all.push({ column: 'width', is: '>=', value: minWidth })
  if (maxWidth !== undefined) all.push({ column: 'width', is: '<=', value: maxWidth })
  if (minHeight !== undefined) all.push({ column: 'height', is: '>=', value: minHeight })
  if (maxHeight !== undefined) all.push({ column: 'height', is: '<=', value: maxHeight })
  const compared = { landscape: '>', portrait: '<', square: '=' } as const
  if (orientation) all.push({ column: 'width', is: compared[orientation], other: 'height' })
  return all
}

function origin({ sources, origins, runs, since, until }: Filters): Filter[] {
  const all: Filter[] = []
  if (sources) all.push({ column: 'source_site', is: 'in', value: sources })
  if (origins) all.push({ column: 'origin', is: 'in', value: origins })
  if (runs) all.push({ column: 'run', is: 'in', value: runs })
  if (since) all.push({ column: 'created', is: '>=', value: engineTime(since) })
  if (until) all.push({ column: 'created', is: '<', value: engineTime(until) })
  return all
}

/** ISO 8601 as the engine's DateTime text, in UTC; a date alone is its first second. */
function engineTime(iso: string): string {
  return new Date(iso).toISOString().slice(0, 19).replace('T', ' ')
}
