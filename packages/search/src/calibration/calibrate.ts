import type { Collection, SearchedTable } from '../collection.ts'
import { rowsWithWords } from '../keyword-route.ts'
import type { CalibrationSummary } from '../row-view.ts'
import { Span } from '../span.ts'
import { unit } from '../vector.ts'
import { CALIBRATED_ROUTES, type CalibratedTable, type Calibration, packReference } from './calibration-file.ts'
import { type KnownPairs, knownPairs, type Similarity } from './known-pairs.ts'
import { bestMeasure, scoreOf, separation, share, threshold } from './threshold.ts'
import { unrelatedPictures } from './unrelated-pictures.ts'
import { unrelatedTexts } from './unrelated-texts.ts'

/** How a calibration is done; everything has a default. */
export interface CalibrateOptions {
  /** Unrelated questions of each kind; default 120 texts, and six pictures of each of 28 kinds. */
  readonly unrelated?: { readonly texts: number; readonly pictures?: number }
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
 * through. Every second question sets measure and cut-off; the others give the two rates. No kind of unrelated picture
 * is in both halves.
 */
export async function calibrate(opened: Collection, options: CalibrateOptions = {}): Promise<Calibration> {
  const { texts = 120, pictures } = options.unrelated ?? {}
  const { collection, span } = withSpan(opened)
  const { encoder, tables } = collection
  const words = (await encoder.embedTexts(unrelatedTexts(texts), options.signal)).map(({ vector }) => vector)
  // Drawing and embedding hundreds of pictures is for nothing where there are too few rows to ask for.
  const enough = Math.max(tables.prompts?.rows ?? 0, tables.pictures?.rows ?? 0) >= FEWEST
  const shown =
    encoder.embedPictures && enough
      ? await encoder.embedPictures(await unrelatedPictures(pictures), options.signal)
      : []
  const routes: CalibrationSummary[] = []
  for (const route of CALIBRATED_ROUTES) {
    options.signal?.throwIfAborted()
    const [from, find] = route.split('→') as ['text' | 'picture', 'prompts' | 'pictures']
    // How far outside something lies means nothing where words are asked with: they all lie elsewhere than pictures.
    const side = route === 'picture→pictures' ? collection : opened
    const searched = side.tables[find]
    const questions = from === 'text' ? words : shown
    if (!searched || questions.length < FEWEST) continue
    options.onRoute?.(route)
    const pairs = await knownPairs(side, route, { count: options.pairs ?? 200 })
    const best = await bestScores(searched, questions, options.signal)
    if (pairs.right.length < FEWEST) continue
    const found = summary(route, { best, pairs, rows: searched.rows })
    const rates =
      from === 'text' && found.score === null
        ? await wordRates(searched, { pairs, texts, signal: options.signal })
        : undefined
    routes.push(rates ? { ...found, words: rates } : found)
  }
  return {
    version: 1,
    model: encoder.digest,
    tables: {
      ...(tables.prompts ? { prompts: calibratedTable(tables.prompts, encoder.dimension) } : {}),
      ...(tables.pictures ? { pictures: { ...calibratedTable(tables.pictures, encoder.dimension), ...span } } : {}),
    },
    routes,
  }
}

/** The collection with what its pictures span, and that as the calibration keeps it. */
function withSpan(collection: Collection): { collection: Collection; span: Pick<CalibratedTable, 'span'> } {
  const { tables, encoder } = collection
  const { pictures } = tables
  const found = encoder.embedPictures && pictures && Span.of(pictures.background.vectors, encoder.dimension)
  if (!found) return { collection, span: {} }
  const spanned = { ...pictures, background: pictures.background.spanned(found) }
  const span = { vectors: packReference(found.vectors), typical: found.typical }
  return { collection: { ...collection, tables: { ...tables, pictures: spanned } }, span: { span } }
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
  route: CalibrationSummary['route'],
  { best, pairs, rows }: { best: readonly Similarity[]; pairs: KnownPairs; rows: number },
): CalibrationSummary {
  const measure = bestMeasure(half(best, 0), half(pairs.right, 0))
  const scores = (similarities: readonly Similarity[]) => similarities.map((one) => scoreOf(one, measure))
  // A question in words has its words to fall back on; a picture has nothing else.
  const otherwise = pairs.asked !== undefined
  const score = threshold(scores(half(best, 0)), scores(half(pairs.right, 0)), { otherwise })
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

/** Rows among which the right one must be for its words to have found it. */
const WORD_WINDOW = 100

/** What comes of it when the words of a question decide, by the half of the questions that sets no cut-off. */
async function wordRates(
  searched: SearchedTable,
  { pairs, texts, signal }: { pairs: KnownPairs; texts: number; signal: AbortSignal | undefined },
): Promise<{ falseAcceptRate: number; missRate: number }> {
  const idsOf = async (words: string) => {
    const { hits } = await rowsWithWords(searched, { words, k: WORD_WINDOW, columns: [], signal })
    return hits.map(({ id }) => id)
  }
  const accepted: boolean[] = []
  for (const words of half(unrelatedTexts(texts), 1)) accepted.push((await idsOf(words)).length > 0)
  const missed: boolean[] = []
  for (const { words, id } of half(pairs.asked ?? [], 1)) missed.push(!(await idsOf(words)).includes(id))
  return { falseAcceptRate: share(accepted, Boolean), missRate: share(missed, Boolean) }
}

function calibratedTable({ rows, background }: SearchedTable, dimension: number): CalibratedTable {
  return { rows, dimension, reference: packReference(background.vectors) }
}

function half<T>(values: readonly T[], which: 0 | 1): T[] {
  return values.filter((_, at) => at % 2 === which)
}
