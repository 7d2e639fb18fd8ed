import { GeneratorError } from '@promptloom/generate/generator-error'
import { RefineError } from '@promptloom/refine/refine-error'
import type { WorstCase } from '@promptloom/refine/refiner'
import { exitCodeOf } from '@promptloom/runner/errors'
import type { Json } from '@promptloom/runner/stage'
import { digest } from '../inbox-row.ts'
import { makerOf } from '../maker.ts'
import type { PaintedEntry, QueueJournal, RefinedEntry } from './journal.ts'
import type { QueueMakers } from './makers.ts'
import { CallRate, Patience } from './pacing.ts'
import type { QueuedPrompt } from './queued-prompts.ts'

/** What is wanted of each prompt, and under which limits. */
export interface PromptWorkOptions {
  readonly variants: number
  readonly pictures: number
  readonly recipe: { readonly refine: Json; readonly paint: Json }
  /** Pictures that may still be painted. */
  readonly picturesLeft: number
  readonly refinesPerMinute?: number | undefined
  readonly paintsPerMinute?: number | undefined
}

/** One picture of the journal, with the variant that it was painted from. */
export interface QueuedPicture {
  readonly variant: number
  readonly painted: PaintedEntry
}

/** How a prompt of the queue ended, and what came of it until then. */
export interface PromptEnd {
  readonly outcome: string
  /** What the one who failed said. */
  readonly detail?: string
  readonly queued: QueuedPrompt
  readonly refined?: RefinedEntry
  readonly pictures: readonly QueuedPicture[]
}

/** Longest prompt that refiners take, in characters. */
const LONGEST_PROMPT = 10_000

/** Outcomes that no other prompt would escape: told at once, instead of counting every prompt of the queue. */
const EVERYBODYS = new Set(['llm_denied', 'generator_denied'])

/**
 * Improves and paints prompts, one call at a time for each prompt. Every answer goes into the journal before it is
 * used, and what the journal has is not asked for again.
 */
export class PromptWork {
  readonly #makers: QueueMakers
  readonly #journal: QueueJournal
  readonly #options: PromptWorkOptions
  readonly #rates: { readonly refine: CallRate; readonly paint: CallRate }
  readonly #patience = { refiner: new Patience(), painter: new Patience() }
  #picturesLeft: number

  constructor(makers: QueueMakers, journal: QueueJournal, options: PromptWorkOptions) {
    this.#makers = makers
    this.#journal = journal
    this.#options = options
    this.#rates = { refine: new CallRate(options.refinesPerMinute), paint: new CallRate(options.paintsPerMinute) }
    this.#picturesLeft = options.picturesLeft
  }

  /**
   * Brings one prompt to its end. A failure is an outcome; what came before it is kept.
   * @throws RefineError, GeneratorError where no other prompt would fare better (a wrong key); the signal's reason
   */
  async end(queued: QueuedPrompt, signal: AbortSignal): Promise<PromptEnd> {
    const pictures: QueuedPicture[] = []
    let refined: RefinedEntry | undefined
    try {
      if (queued.prompt.length > LONGEST_PROMPT) return { outcome: 'too_long', queued, pictures }
      refined = await this.#refined(queued.prompt, signal)
      if (refined.outcome !== 'ok') return { outcome: refined.outcome, queued, pictures }
      if (refined.variants.length === 0) return { outcome: 'nothing_better', queued, pictures }
      let outcome = 'ok'
      for (const [variant, { prompt }] of refined.variants.entries()) {
        for (let position = 0; position < this.#options.pictures; position++) {
          const painted = await this.#painted(prompt, position, signal)
          if (painted.outcome === 'ok') pictures.push({ variant, painted })
          else outcome = painted.outcome
        }
      }
      return { outcome, queued, refined, pictures }
    } catch (error) {
      signal.throwIfAborted()
      const ended = { outcome: outcomeOf(error), detail: (error as Error).message, queued, pictures }
      return refined?.outcome === 'ok' ? { ...ended, refined } : ended
    }
  }

  async #refined(prompt: string, signal: AbortSignal): Promise<RefinedEntry> {
    const { variants, recipe } = this.#options
    const key = keyOf('refine', prompt, variants, recipe.refine)
    const known = this.#journal.refined(key)
    if (known) return known
    const { refiner, retrieve } = this.#makers
    if (this.#patience.refiner.isOver) throw new GaveUp(refiner.describe().label)
    const shown = await retrieve(prompt, signal).catch((error) => {
      throw exitCodeOf(error) === undefined ? error : new NotSearchable(error)
    })
    const neighbours = shown.map(({ id, similarity }) => ({ id, similarity }))
    const entry = { kind: 'refined' as const, key, neighbours, refiner: makerOf(refiner) }
    await this.#rates.refine.turn(signal)
    try {
      const calls = {
        asked: (worst: WorstCase) => this.#journal.ask(key, worst),
        turnedDown: () => this.#journal.withdraw(key),
      }
      const request = { prompt, neighbours: shown, variants, seed: seedOf(prompt) }
      const result = await refiner.refine(request, { signal, calls, idempotencyKey: key })
      this.#patience.refiner.answered()
      const found = result.variants.map((one) => ({ ...one, neighbours: [...one.neighbours] }))
      return await this.#journal.add({ ...entry, outcome: 'ok', variants: found, usage: result.usage })
    } catch (error) {
      if (!(error instanceof RefineError) || signal.aborted) throw error
      if (error.retryable) this.#patience.refiner.failed()
      const usage = error.usage ?? null
      const isSettled = error.outcome === 'llm_refused' || error.outcome === 'llm_malformed'
      if (!isSettled && usage === null) throw error
      // What was paid for counts against the budget, also where the call has to be made again.
      const settled = isSettled ? key : `${key} ${new Date().toISOString()}`
      const added = await this.#journal.add({ ...entry, key: settled, outcome: error.outcome, variants: [], usage })
      if (isSettled) return added
      throw error
    }
  }

  async #painted(prompt: string, position: number, signal: AbortSignal): Promise<PaintedEntry> {
    const key = keyOf('paint', prompt, position, this.#options.recipe.paint)
    const known = this.#journal.painted(key)
    if (known) return known
    const { painter } = this.#makers
    if (this.#patience.painter.isOver) throw new GaveUp(painter.describe().label)
    if (this.#picturesLeft <= 0) throw new OverBudget()
    this.#picturesLeft--
    const entry = { kind: 'painted' as const, key, painter: makerOf(painter) }
    await this.#rates.paint.turn(signal)
    await this.#journal.ask(key)
    try {
      const seed = (seedOf(prompt) + position) % 2 ** 32
      const [picture] = await painter.generate({ prompt, count: 1, seed }, { signal, idempotencyKey: key })
      if (!picture)
        throw new GeneratorError('generator_malformed', `${entry.painter.label} answered without a picture.`)
      this.#patience.painter.answered()
      const parameters = { ...picture.parameters }
      const painted = { ...entry, outcome: 'ok', sha256: digest(picture.bytes), parameters }
      return await this.#journal.add(painted, picture.bytes)
    } catch (error) {
      // What was given up half-way may be painted and paid: it counts, as after a kill.
      if (!(error instanceof GeneratorError) || signal.aborted) throw error
      this.#picturesLeft++
      if (error.retryable) this.#patience.painter.failed()
      if (error.outcome !== 'generator_refused') {
        await this.#journal.withdraw(key)
        throw error
      }
      return await this.#journal.add({ ...entry, outcome: error.outcome, sha256: '', parameters: {} })
    }
  }
}

/** A server that has failed too often in a row is not asked any more in this run. */
class GaveUp extends Error {
  constructor(label: string) {
    super(`${label} failed five times in a row, and is left alone until the next run.`)
  }
}

/** Where the collection cannot be searched, nobody can be shown neighbours. */
class NotSearchable extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

/** As many pictures as may be painted were painted. */
class OverBudget extends Error {
  constructor() {
    super('As many pictures were painted as feedback.queue.mostPictures allows in twelve hours.')
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof GaveUp) return 'gave_up'
  if (error instanceof OverBudget) return 'budget'
  if (error instanceof NotSearchable) return 'not_searchable'
  if (!(error instanceof RefineError || error instanceof GeneratorError)) throw error
  const { outcome } = error
  if (EVERYBODYS.has(outcome)) throw error
  return outcome
}

function keyOf(...parts: readonly Json[]): string {
  return digest(JSON.stringify(parts)).slice(0, 32)
}

/** The same prompt is painted with the same seed, whenever it is. */
function seedOf(prompt: string): number {
  return Number.parseInt(digest(prompt).slice(0, 8), 16)
}
