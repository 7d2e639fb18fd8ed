import type { Collection, SearchedTable } from '../collection.ts'
import type { CalibrationSummary } from '../row-view.ts'
import { unit } from '../vector.ts'
import { CALIBRATED_ROUTES, type CalibratedTable, type Calibration, packReference } from './calibration-file.ts'
import {
  beginningsOfPrompts,
  changedPictures,
  type KnownPairs,
  picturesToPrompts,
  promptsToPictures,
  type Similarity,
} from './known-pairs.ts'
import { bestMeasure, scoreOf, separation, share, threshold } from './threshold.ts'
import { unrelatedPictures } from './unrelated-pictures.ts'
import { unrelatedTexts } from './unrelated-texts.ts'

type CalibratedRoute = (typeof CALIBRATED_ROUTES)[number]

/** How a calibration is done; everything has a default. */
export interface CalibrateOptions {
  /** Unrelated questions of each kind; default 120 texts and 80 pictures. */
  readonly unrelated?: { readonly texts: number; readonly pictures: number }
  /** Known pairs of each kind; default 200. */
  readonly pairs?: number
  readonly signal?: AbortSignal
  /** Told before each route. */
  readonly onRoute?: (route: string) => void
}

/** Fewer questions than this say nothing. */
const FEWEST = 10

/**
 * Finds the cut-off of each kind of question. Unrelated questions are asked, and what their best hits score is what
 * chance brings in a collection of this size; known pairs are asked, and what the right rows score is what must come
 * through. Every second question sets measure and cut-off; the others, unseen, give the two rates.
 */
export async function calibrate(collection: Collection, options: CalibrateOptions = {}): Promise<Calibration> {
  const { texts = 120, pictures = 80 } = options.unrelated ?? {}
  const { encoder, tables } = collection
  const words = (await encoder.embedTexts(unrelatedTexts(texts), options.signal)).map(({ vector }) => vector)
  const shown = encoder.embedPictures
    ? await encoder.embedPictures(await unrelatedPictures(pictures), options.signal)
    : []
  const routes: CalibrationSummary[] = []
  for (const route of CALIBRATED_ROUTES) {
    options.signal?.throwIfAborted()
    const [from, find] = route.split('→') as ['text' | 'picture', 'prompts' | 'pictures']
    const searched = tables[find]
    const questions = from === 'text' ? words : shown
    if (!searched || questions.length < FEWEST) continue
    options.onRoute?.(route)
    const pairs = await knownPairs(collection, route, options.pairs ?? 200)
    const best = await bestScores(searched, questions, options.signal)
    if (pairs.right.length >= FEWEST) routes.push(summary(route, { best, pairs, rows: searched.rows }))
  }
  return {
    version: 1,
    model: encoder.digest,
    tables: {
      ...(tables.prompts ? { prompts: calibratedTable(tables.prompts, encoder.dimension) } : {}),
      ...(tables.pictures ? { pictures: calibratedTable(tables.pictures, encoder.dimension) } : {}),
    },
    routes,
  }
}

function knownPairs(collection: Collection, route: CalibratedRoute, count: number): Promise<KnownPairs> {
  switch (route) {
    case 'text→prompts':
      return beginningsOfPrompts(collection, count)
    case 'text→pictures':
      return promptsToPictures(collection, count)
    case 'picture→prompts':
      return picturesToPrompts(collection, count)
    case 'picture→pictures':
      return changedPictures(collection, count)
  }
}

/** The best hit of each question. */
async function bestScores(
  { table, background }: SearchedTable,
  questions: readonly Float32Array[],
  signal?: AbortSignal,
): Promise<Similarity[]> {
  const scores: Similarity[] = []
  for (const question of questions) {
    signal?.throwIfAborted()
    const vector = unit(question)
    if (!vector) continue
    const { hits } = await table.search({ vector, k: 1, columns: [] })
    if (hits[0]) scores.push({ cosine: 1 - hits[0].distance, background: background.of(vector) })
  }
  return scores
}

function summary(
  route: CalibratedRoute,
  { best, pairs, rows }: { best: readonly Similarity[]; pairs: KnownPairs; rows: number },
): CalibrationSummary {
  const measure = bestMeasure(half(best, 0), half(pairs.right, 0))
  const scores = (similarities: readonly Similarity[]) => similarities.map((one) => scoreOf(one, measure))
  const score = threshold(scores(half(best, 0)), scores(half(pairs.right, 0)))
  const unseen = { best: scores(half(best, 1)), right: scores(half(pairs.right, 1)) }
  return {
    route,
    score: score ?? null,
    ...measure,
    falseAcceptRate: score === undefined ? 1 : share(unseen.best, (one) => one >= score),
    falseAcceptQuestions: unseen.best.length,
    missRate: score === undefined ? 0 : share(unseen.right, (one) => one < score),
    missPairs: unseen.right.length,
    separation: separation(unseen.best, unseen.right),
    pairs: pairs.what,
    rows,
    made: new Date().toISOString(),
  }
}

function calibratedTable({ rows, background }: SearchedTable, dimension: number): CalibratedTable {
  return { rows, dimension, reference: packReference(background.vectors) }
}

function half<T>(values: readonly T[], which: 0 | 1): T[] {
  return values.filter((_, at) => at % 2 === which)
}
