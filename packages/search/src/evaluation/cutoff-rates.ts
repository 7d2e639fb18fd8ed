import { CALIBRATED_ROUTES, type Calibration } from '../calibration/calibration-file.ts'
import { beginning, change } from '../calibration/known-pairs.ts'
import type { QuestionInput } from '../question.ts'
import type { Searcher } from '../searcher.ts'
import type { EvaluatedRow } from './evaluated-rows.ts'
import { unseenPictures, unseenTexts } from './unseen-questions.ts'

type CalibratedRoute = (typeof CALIBRATED_ROUTES)[number]

/** How the cut-off of one kind of question does with questions that had no part in setting it. */
export interface CutoffRates {
  readonly route: CalibratedRoute
  /** The cut-off in use; null where the model does not tell. */
  readonly score: number | null
  /** What decides: the score, or where the model does not tell, the words, the pictures that look alike, or nothing. */
  readonly by: 'score' | 'words' | 'pictures' | 'nothing'
  /** Unrelated questions that were asked, and the share that got a hit. */
  readonly unrelated: number
  readonly falseAccepts: number
  /** The same for pictures that were given as unrelated, where any were. */
  readonly given?: { readonly asked: number; readonly falseAccepts: number }
  /** Questions whose right row is among the first hundred, and the share of them whose cut-off hides it. */
  readonly pairs: number
  readonly misses: number
}

/** What is asked. */
export interface CutoffQuestions {
  /** Rows that were not used to set the cut-offs. */
  readonly rows: readonly EvaluatedRow[]
  /** Unrelated questions; default all that there are, 60 texts and 80 pictures. */
  readonly unrelated?: number
  /** Pictures that the collection has nothing like, as far as whoever gives them knows, e.g. photographs. */
  readonly given?: readonly Uint8Array[] | undefined
  readonly onKind?: ((kind: string) => void) | undefined
}

/** A question, and the picture that it brings. */
interface Asked {
  readonly question: QuestionInput
  readonly bytes?: Uint8Array
}

/** Among so many hits, the right row must be without a cut-off for a cut-off to be blamed. */
const DEPTH = 100

/**
 * Asks unrelated questions that are other ones than the calibration's, and questions whose right row is known, made of
 * other rows than the calibration's, through the whole search as users ask it, with the cut-off and without.
 */
export async function cutoffRates(
  searcher: Searcher,
  { rows, unrelated, given = [], onKind = () => {} }: CutoffQuestions,
): Promise<CutoffRates[]> {
  const { collection } = searcher
  const rates: CutoffRates[] = []
  const texts = unseenTexts().slice(0, unrelated)
  const pictures = collection.encoder.embedPictures ? (await unseenPictures()).slice(0, unrelated) : []
  for (const route of CALIBRATED_ROUTES) {
    const calibrated = collection.calibration?.routes.find((one) => one.route === route)
    const [from, find] = partsOf(route)
    if (!calibrated || !collection.tables[find]) continue
    onKind(`cut-off, ${route}`)
    const pictured = (bytes: Uint8Array): Asked => ({ question: { find, terms: [{ upload: 'p' }] }, bytes })
    const worded = (text: string): Asked => ({ question: { find, terms: [{ text }] } })
    const senseless = from === 'text' ? texts.map(worded) : pictures.map(pictured)
    const falseAccepts = await acceptedOf(searcher, senseless)
    const own = from === 'text' ? [] : given.map(pictured)
    const brought = { asked: own.length, falseAccepts: await acceptedOf(searcher, own) }
    rates.push({
      ...{ route, score: calibrated.score, by: deciding(collection.calibration, route) },
      ...{ unrelated: senseless.length, falseAccepts, ...(own.length > 0 ? { given: brought } : {}) },
      ...(await missesOf(searcher, route, rows)),
    })
  }
  return rates
}

function deciding(calibration: Calibration | undefined, route: CalibratedRoute): CutoffRates['by'] {
  const tells = (asked: CalibratedRoute) =>
    typeof calibration?.routes.find((one) => one.route === asked)?.score === 'number'
  if (tells(route)) return 'score'
  if (route.startsWith('text')) return 'words'
  return route === 'picture→prompts' && tells('picture→pictures') ? 'pictures' : 'nothing'
}

/** Share of the questions that get a hit. */
async function acceptedOf(searcher: Searcher, senseless: readonly Asked[]): Promise<number> {
  let accepted = 0
  for (const one of senseless) if ((await idsOf(searcher, one, {})).length > 0) accepted++
  return accepted / Math.max(1, senseless.length)
}

async function missesOf(
  searcher: Searcher,
  route: CalibratedRoute,
  rows: readonly EvaluatedRow[],
): Promise<{ pairs: number; misses: number }> {
  let [pairs, missed] = [0, 0]
  for (const row of rows) {
    const asked = await questionFor(searcher, route, row)
    if (!asked) continue
    const open = await idsOf(searcher, asked, { cutoff: false, fold: false, k: DEPTH })
    if (!open.includes(row.id)) continue
    pairs++
    if (!(await idsOf(searcher, asked, { fold: false, k: DEPTH })).includes(row.id)) missed++
  }
  return { pairs, misses: missed / Math.max(1, pairs) }
}

/** The question that a row is the right answer to. */
async function questionFor(
  { collection }: Searcher,
  route: CalibratedRoute,
  { id, prompt }: EvaluatedRow,
): Promise<Asked | undefined> {
  const [from, find] = partsOf(route)
  if (from === 'text') return { question: { find, terms: [{ text: find === 'prompts' ? beginning(prompt) : prompt }] } }
  const bytes = await collection.pictures?.read(id)
  if (!bytes) return undefined
  return { question: { find, terms: [{ upload: 'p' }] }, bytes: await change(bytes) }
}

async function idsOf(searcher: Searcher, { question, bytes }: Asked, more: Partial<QuestionInput>): Promise<string[]> {
  const options = bytes ? { uploads: new Map([['p', bytes]]) } : {}
  const { hits } = await searcher.ask({ ...question, ...more }, options)
  return hits.map(({ id }) => id)
}

function partsOf(route: CalibratedRoute): ['text' | 'picture', 'prompts' | 'pictures'] {
  return route.split('→') as ['text' | 'picture', 'prompts' | 'pictures']
}
