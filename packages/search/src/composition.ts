import type { Answer, Cutoff, Hit } from './answer.ts'
import type { Collection } from './collection.ts'
import { picturesDecide, type RouteCutoff, wordsDecide } from './cutoff.ts'
import type { Folded } from './folding.ts'
import type { Question } from './question.ts'
import type { Candidate } from './ranking.ts'
import type { RouteHit, RouteResult } from './route-search.ts'
import { rowsById } from './table-facts.ts'
import type { TermVectors } from './term-vectors.ts'

/** Ids of copies that are named; the count says how many there are. */
const NAMED_COPIES = 50

/** A question's ranking, and how it came about. */
export interface Ranked {
  readonly leaders: readonly Folded<Candidate>[]
  readonly results: readonly RouteResult[]
  readonly terms: TermVectors
}

/** The page of the ranking that the question asks for, as the answer shows it. */
export async function composeAnswer(
  collection: Collection,
  question: Question,
  { leaders, results, terms }: Ranked,
): Promise<Omit<Answer, 'timings'>> {
  const { find, page, k } = question
  const first = (page - 1) * k
  const shown = leaders.slice(first, first + k)
  const pictured = await withPicture(
    collection,
    shown.map(({ row }) => row.id),
  )
  const hits = shown.map((folded, at) => hit(folded, first + at + 1, pictured.has(folded.row.id)))
  const cutoff = cutoffOf(results, question)
  const outcome = outcomeOf(question, { leaders, results, cutoff })
  const { name, digest, standIn = null } = collection.encoder
  return {
    find,
    hits,
    page,
    k,
    more: leaders.length > first + k,
    ...outcome,
    cutoff,
    model: { name, digest, standIn },
    warnings: [...terms.warnings, ...results.flatMap(({ warning }) => warning ?? [])],
  }
}

/** Address of a row's thumbnail in the HTTP API. */
export function thumbnailPath(id: string): string {
  return `/api/rows/${encodeURIComponent(id)}/thumbnail`
}

async function withPicture({ store, tables, pictures }: Collection, ids: readonly string[]): Promise<Set<string>> {
  if (!pictures || pictures.count === 0 || !tables.pictures) return new Set()
  const rows = await rowsById(store, tables.pictures.table, { ids, columns: [] })
  return new Set(rows.map(({ id }) => String(id)))
}

function hit({ row, copies }: Folded<Candidate>, rank: number, hasPicture: boolean): Hit {
  const { id, prompt, url, width, height, source_site, origin, parents, reasons } = row
  const best = reasons.reduce((a, b) => ((b.score ?? -Infinity) > (a.score ?? -Infinity) ? b : a))
  return {
    rank,
    id,
    prompt,
    url,
    width,
    height,
    source_site,
    origin,
    parents: [...parents],
    distance: best.distance ?? null,
    score: best.score ?? null,
    why: [...reasons],
    hasPicture,
    thumbnail: hasPicture ? thumbnailPath(id) : null,
    copies: copies.slice(0, NAMED_COPIES).map((copy) => copy.id),
    copyCount: copies.length,
  }
}

function cutoffOf(results: readonly RouteResult[], question: Question): Cutoff {
  const none = { score: null, falseAcceptRate: null, missRate: null }
  if (!question.cutoff) return { state: 'off', ...none, note: 'Nothing is cut off, as asked.' }
  if (!question.terms.some(({ weight }) => weight > 0)) {
    return { state: 'off', ...none, note: 'Nothing is cut off: whatever holds the phrases is an answer.' }
  }
  const terms = results.flatMap(({ cutoff }) => cutoff.terms)
  const [first, second] = results
  if (first && wordsDecide(first.cutoff)) return wordCutoff(first.cutoff)
  if (first && second && picturesDecide(first.cutoff, second.cutoff)) return pictureCutoff(second.cutoff)
  if (!results.some(({ cutoff }) => cutoff.applies)) {
    const tried = terms.length > 0 && terms.every(({ calibrated }) => calibrated)
    const note = tried
      ? 'Nothing is cut off: for this kind of question the model does not tell related rows from unrelated ones.'
      : 'Nothing is cut off: this kind of question is not calibrated; "promptloom calibrate" does it.'
    return { state: 'uncalibrated', ...none, note }
  }
  return calibratedCutoff(results.find(({ cutoff }) => cutoff.applies)?.cutoff as RouteCutoff)
}

function calibratedCutoff({ terms, stale }: RouteCutoff): Cutoff {
  const { score = null, falseAcceptRate = null, missRate = null } = terms[0]?.calibrated ?? {}
  const rates = ratesNote(falseAcceptRate, missRate)
  const least =
    terms.length === 1 ? `Hits score at least ${score?.toFixed(1)}` : 'Hits are similar enough to one of the terms'
  const changed = stale ? ' The collection has changed since; calibrate it again.' : ''
  const state = stale ? 'stale' : 'calibrated'
  return {
    state,
    score: terms.length === 1 ? score : null,
    falseAcceptRate,
    missRate,
    note: `${least}: with that, ${rates}.${changed}`,
  }
}

function wordCutoff({ terms }: RouteCutoff): Cutoff {
  const { falseAcceptRate = null, missRate = null } = terms[0]?.calibrated?.words ?? {}
  const why = 'for this kind of question the model alone does not tell related rows from unrelated ones'
  return {
    state: 'words',
    score: null,
    falseAcceptRate,
    missRate,
    note: `Hits hold the words: ${why}. With that, ${ratesNote(falseAcceptRate, missRate)}.`,
  }
}

function pictureCutoff(cutoff: RouteCutoff): Cutoff {
  const { note, ...found } = calibratedCutoff(cutoff)
  const why = 'the model does not tell which prompts describe a picture, so those of similar pictures are shown'
  return { ...found, state: cutoff.stale ? 'stale' : 'pictures', note: `By their pictures: ${why}. ${note}` }
}

function ratesNote(falseAcceptRate: number | null, missRate: number | null): string {
  return `${percent(falseAcceptRate)} of unrelated questions get a hit all the same, ${percent(missRate)} of right rows are missed`
}

function outcomeOf(
  question: Question,
  {
    leaders,
    results,
    cutoff,
  }: { leaders: readonly Folded<Candidate>[]; results: readonly RouteResult[]; cutoff: Cutoff },
): Pick<Answer, 'verdict' | 'note' | 'closest'> {
  const { page, k, find } = question
  if (leaders.length > (page - 1) * k) return { verdict: 'found', closest: null, note: foundNote(question, leaders) }
  if (leaders.length > 0) return { verdict: 'found', closest: null, note: `There is no page ${page}.` }
  const nearest = nearestOf(results)
  if (!nearest) return { verdict: 'no_match', closest: null, note: `None of the ${find} meets the filters.` }
  const { row, reason } = nearest
  const [score, distance] = [reason.score ?? 0, reason.distance ?? 2]
  const closest = { id: row.id, prompt: row.prompt, score, distance }
  const verdict = 'nothing_similar'
  if (cutoff.state === 'words') return { verdict, closest, note: `None of the ${find} holds enough of the words.` }
  const least = cutoff.score === null ? '' : `, and hits score at least ${cutoff.score.toFixed(1)}`
  return {
    verdict,
    closest,
    note: `Nothing is similar enough: the nearest of the ${find} scores ${score.toFixed(1)}${least}.`,
  }
}

function nearestOf(results: readonly RouteResult[]): RouteHit | undefined {
  const nearest = results.flatMap((result) => result.nearest ?? [])
  return nearest.sort((a, b) => (b.reason.score ?? -Infinity) - (a.reason.score ?? -Infinity))[0]
}

function foundNote({ find, page, k }: Question, leaders: readonly Folded<Candidate>[]): string {
  const first = (page - 1) * k
  const shown = leaders.slice(first, first + k)
  const folded = shown.reduce((sum, { copies }) => sum + copies.length, 0)
  const copies = folded > 0 ? `, ${folded} near-${folded === 1 ? 'duplicate' : 'duplicates'} folded` : ''
  const what = shown.length === 1 ? find.slice(0, -1) : find
  return `${shown.length} ${what}${shown.length > 1 ? ', best first' : ''}${copies}.`
}

function percent(share: number | null): string {
  return share === null ? 'an unknown share' : `${(share * 100).toFixed(1)} %`
}
