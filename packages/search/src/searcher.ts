import { createHash } from 'node:crypto'
import type { Answer } from './answer.ts'
import type { Collection } from './collection.ts'
import type { TermVector } from './combination.ts'
import { composeAnswer } from './composition.ts'
import { picturesDecide, routeCutoff, wordsDecide } from './cutoff.ts'
import { type Folded, fold } from './folding.ts'
import type { ForgottenRows } from './forgotten.ts'
import { keywordRoute } from './keyword-route.ts'
import { type Plan, plan } from './plan.ts'
import type { Question, QuestionInput } from './question.ts'
import { parseQuestion } from './question-text.ts'
import { type Candidate, rank } from './ranking.ts'
import { extend, type KeptRanking, RankingMemory } from './ranking-memory.ts'
import { rerank } from './rerank.ts'
import { type RouteResult, searchRoute } from './route-search.ts'
import { questionFilter } from './row-filter.ts'
import { type AskOptions, type TermVectors, termVectors } from './term-vectors.ts'

/** Rows that are asked of each table, and what more is asked where folding and cut-off leave too few. */
const WINDOWS = [100, 400, 2_000, 10_000]

/** What is known of a question beside its ranking. */
interface Asked {
  readonly terms: TermVectors
  readonly plan: Plan
  readonly results: readonly RouteResult[]
}

/** Answers questions to one collection; keeps what the next pages of recent questions need. */
export class Searcher {
  readonly collection: Collection
  readonly #memory = new RankingMemory<Asked>()

  constructor(collection: Collection) {
    this.collection = collection
  }

  /**
   * Answers one question.
   * @throws QuestionError, PictureRefusedError, RowNotFoundError or NotSearchableError where it cannot be answered.
   */
  async ask(input: QuestionInput | Question, options: AskOptions = {}): Promise<Answer> {
    const began = performance.now()
    const question = parseQuestion(input)
    // A ranking that was kept before a row was forgotten must not show it.
    const key = fingerprint(question, options) + forgottenKey(await this.collection.forgotten?.())
    const kept = question.page > 1 ? this.#memory.get(key) : undefined
    const asked = kept?.extra ?? (await this.#prepare(question, options))
    const encoded = performance.now()
    const { ranking, storeTime } = await this.#rankingFor(question, { ...asked, kept, signal: options.signal })
    this.#memory.set(key, ranking)
    const searched = performance.now()
    const answer = await composeAnswer(this.collection, question, { ...ranking, ...ranking.extra })
    const timings = {
      encode: round(encoded - began),
      store: round(storeTime),
      rank: round(searched - encoded - storeTime),
      rows: round(performance.now() - searched),
      total: round(performance.now() - began),
    }
    return { ...answer, timings }
  }

  async #prepare(question: Question, options: AskOptions): Promise<Asked> {
    const { tables } = this.collection
    const asked = question.terms.some(({ weight }) => weight > 0)
    // Phrases alone are words too: they say what comes first among the prompts that hold them.
    const spoken = asked ? question : { ...question, terms: [...question.terms, ...phraseTerm(question)] }
    const terms = await termVectors(this.collection, spoken.terms, options)
    const filter = await questionFilter(this.collection, question)
    return { terms, plan: plan(spoken, terms.vectors, { filter, hasPictures: !!tables.pictures }), results: [] }
  }

  /** Asks for larger and larger windows until the page, and the knowledge whether another follows, is there. */
  async #rankingFor(
    question: Question,
    asked: Asked & { kept: KeptRanking<Asked> | undefined; signal: AbortSignal | undefined },
  ): Promise<{ ranking: KeptRanking<Asked>; storeTime: number }> {
    const wanted = question.k * question.page + 1
    let leaders: readonly Folded<Candidate>[] = asked.kept?.leaders ?? []
    let { results } = asked
    let window = asked.kept?.window ?? 0
    let exhausted = asked.kept?.exhausted ?? false
    let storeTime = 0
    for (const next of WINDOWS) {
      if (exhausted || leaders.length >= wanted) break
      if (next <= window || (next < wanted && next !== WINDOWS.at(-1))) continue
      const began = performance.now()
      results = await this.#search(question, asked.plan, { window: next, signal: asked.signal })
      storeTime += performance.now() - began
      const ranked = await rerank(this.collection, question, rank(results))
      const folded = question.fold ? fold(ranked, question.find) : ranked.map((row) => ({ row, copies: [] }))
      leaders = extend(leaders, folded)
      window = next
      exhausted = results.every((one) => one.exhausted)
    }
    const extra = { terms: asked.terms, plan: asked.plan, results }
    return { ranking: { leaders, window, exhausted, extra }, storeTime }
  }

  async #search(
    question: Question,
    planned: Plan,
    range: { window: number; signal: AbortSignal | undefined },
  ): Promise<RouteResult[]> {
    // A phrase on its own is a match by itself; similarity only orders what matches.
    const applyCutoff = question.cutoff && question.terms.some(({ weight }) => weight > 0)
    const { filter, words } = planned
    const searches = planned.routes.map((route) =>
      searchRoute(this.collection, { ...route, ...range, filter, applyCutoff }),
    )
    const terms = planned.routes[0]?.terms ?? []
    const { find, hybrid } = question
    const deciding = applyCutoff && this.#wordsDecide(find, terms)
    if (!words || !(hybrid || deciding)) return byPictures(await Promise.all(searches), applyCutoff)
    const wording = { ...range, find, keywords: words, terms, filter, applyCutoff }
    const [keywords, ...others] = await Promise.all([keywordRoute(this.collection, wording), ...searches])
    if (deciding) return [...others.map((one) => supported(one, keywords)), keywords]
    return [...byPictures(others, applyCutoff), keywords]
  }

  #wordsDecide(find: 'prompts' | 'pictures', terms: readonly TermVector[]): boolean {
    const { calibration, tables } = this.collection
    return wordsDecide(routeCutoff(calibration, terms, { find, rows: tables[find]?.rows ?? 0 }))
  }
}

/** What a route found, but for rows that the deciding route has not found: those without the words, or unlike. */
function supported(route: RouteResult, deciding: RouteResult): RouteResult {
  const known = new Set(deciding.hits.map(({ row }) => row.id))
  return { ...route, hits: route.hits.filter(({ row }) => known.has(row.id)), exhausted: deciding.exhausted }
}

/** Prompts for a picture, but for those of pictures that are not similar enough, where these decide. */
function byPictures(results: readonly RouteResult[], applyCutoff: boolean): RouteResult[] {
  const [prompts, pictures] = results
  if (!applyCutoff || !prompts || !pictures || !picturesDecide(prompts.cutoff, pictures.cutoff)) return [...results]
  // Whose prompt comes nearest says nothing here; the nearest picture does.
  return [{ ...supported(prompts, pictures), nearest: undefined }, pictures]
}

function phraseTerm({ phrases }: Question) {
  return phrases.length > 0 ? [{ text: phrases.join(', '), weight: 1 }] : []
}

/** What makes two questions the same but for the page. */
function fingerprint({ page: _, k: __, ...question }: Question, { uploads }: AskOptions): string {
  const hash = createHash('sha256').update(JSON.stringify(question))
  for (const [name, bytes] of uploads ?? []) hash.update(`${name}\0`).update(bytes)
  return hash.digest('base64')
}

function forgottenKey(rows: ForgottenRows | undefined): string {
  return rows ? [rows.ids, rows.urls, rows.sources].map(({ size }) => size).join() : ''
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
