import type { Filters } from '@promptloom/search/filters'
import type { Part, Query } from './query.ts'

const PART_NAMES = {
  words: ['plus', 'minus'],
  row: ['like', 'unlike'],
  address: ['picture', 'unpicture'],
  dropped: ['drop', 'undrop'],
} as const

const NUMBERS = ['minWidth', 'maxWidth', 'minHeight', 'maxHeight', 'minRating'] as const
/** The server compares sizes up to this. */
const MOST_PIXELS = 100_000
const SHAPES = ['landscape', 'portrait', 'square'] as const
const ORIGINS = ['dataset', 'refined', 'generated'] as const

/** The address of a query, from `/`; equal queries have equal addresses. */
export function addressOf(query: Query, path = '/'): string {
  const search = paramsOf(query).toString()
  return search ? `${path}?${search}` : path
}

function paramsOf({ words, parts, phrases, find, filters, hybrid, cutoff, fold }: Query): URLSearchParams {
  const params = new URLSearchParams()
  if (words) params.set('q', words)
  for (const part of parts) params.append(PART_NAMES[part.kind][part.minus ? 1 : 0], textOf(part))
  for (const phrase of phrases) params.append('phrase', phrase)
  if (find === 'prompts') params.set('find', 'prompts')
  if (!hybrid) params.set('keywords', 'off')
  if (!cutoff) params.set('cutoff', 'off')
  if (!fold) params.set('fold', 'off')
  for (const name of NUMBERS) if (filters[name] !== undefined) params.set(name, String(filters[name]))
  if (filters.orientation) params.set('shape', filters.orientation)
  for (const source of filters.sources ?? []) params.append('source', source)
  for (const origin of filters.origins ?? []) params.append('origin', origin)
  for (const run of filters.runs ?? []) params.append('run', run)
  if (filters.since) params.set('since', filters.since)
  if (filters.until) params.set('until', filters.until)
  if (filters.hasPicture !== undefined) params.set('hasPicture', String(filters.hasPicture))
  return params
}

function textOf(part: Part): string {
  if (part.kind === 'words') return part.text
  if (part.kind === 'row') return part.id
  return part.kind === 'address' ? part.url : part.key
}

/** The query that an address asks. What makes no sense is left out: addresses come from anywhere. */
export function queryOf(params: URLSearchParams): Query {
  return {
    words: params.get('q') ?? '',
    parts: [...params].flatMap(([name, value]) => partOf(name, value)),
    phrases: params.getAll('phrase').filter(Boolean).slice(0, 8),
    find: params.get('find') === 'prompts' ? 'prompts' : 'pictures',
    filters: filtersOf(params),
    hybrid: params.get('keywords') !== 'off',
    cutoff: params.get('cutoff') !== 'off',
    fold: params.get('fold') !== 'off',
  }
}

function partOf(name: string, value: string): Part[] {
  if (!value) return []
  const [kind, names] = Object.entries(PART_NAMES).find(([, pair]) => (pair as readonly string[]).includes(name)) ?? []
  const minus = name === names?.[1]
  switch (kind) {
    case 'words':
      return [{ kind, text: value, minus }]
    case 'row':
      return [{ kind, id: value, minus }]
    case 'address':
      return [{ kind, url: value, minus }]
    case 'dropped':
      return [{ kind, key: value, minus }]
    default:
      return []
  }
}

function filtersOf(params: URLSearchParams): Filters {
  const numbers = NUMBERS.flatMap((name) => {
    const value = Number(params.get(name) || Number.NaN)
    const makesSense = name === 'minRating' ? value >= 1 && value <= 5 : Number.isInteger(value) && value > 0
    return makesSense && value <= MOST_PIXELS ? [[name, value]] : []
  })
  const shape = SHAPES.find((each) => each === params.get('shape'))
  const sources = params.getAll('source').filter(Boolean)
  const origins = ORIGINS.filter((each) => params.getAll('origin').includes(each))
  const runs = params.getAll('run').filter(Boolean)
  const has = params.get('hasPicture')
  return {
    ...Object.fromEntries(numbers),
    ...(shape ? { orientation: shape } : {}),
    ...(sources.length > 0 ? { sources } : {}),
    ...(origins.length > 0 ? { origins } : {}),
    ...(runs.length > 0 ? { runs } : {}),
    ...dateOf('since', params),
    ...dateOf('until', params),
    ...(has === 'true' || has === 'false' ? { hasPicture: has === 'true' } : {}),
  }
}

function dateOf(name: 'since' | 'until', params: URLSearchParams): Filters {
  const value = params.get(name) ?? ''
  const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : Number.NaN)
  // The platform takes the 30th of February for the 2nd of March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value) ? { [name]: value } : {}
}
