import type { BackEnd } from '@promptloom/generate/back-end'
import type { Refiner } from '@promptloom/refine/refiner'
import type { Collection } from '@promptloom/search/collection'
import type { Searcher } from '@promptloom/search/searcher'
import { dot, unit } from '@promptloom/search/vector'
import { makerOf } from '../feedback/maker.ts'
import type { Estimated } from '../measurement/bootstrap.ts'
import { meanInterval } from '../measurement/mean-interval.ts'
import { retrieve } from './retrieve.ts'

/** One measure, before and after a prompt was improved. */
export interface Change {
  readonly before: Estimated
  readonly after: Estimated
  /** After minus before, prompt by prompt. */
  readonly change: Estimated
}

/** What a refiner is worth, on some prompts. */
export interface RefinerWorth {
  readonly refiner: { readonly kind: string; readonly label: string; readonly standIn: boolean }
  /** Cosine similarity of the picture with what the user asked for: does it still show that? */
  readonly clipScore: Change
  /** Cosine distance of the picture to the nearest one of the collection; undefined where that has none. */
  readonly novelty: Change | undefined
  /** Prompts by how they ended: `ok`, or the failure's name. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** What is compared. */
export interface WorthOptions {
  readonly collection: Collection
  readonly searcher: Searcher
  readonly refiners: readonly Refiner[]
  readonly painter: BackEnd
  readonly prompts: readonly string[]
  /** Of every picture: before and after are painted with the same one. */
  readonly seed: number
  readonly signal?: AbortSignal
  /** Told before each prompt. */
  readonly onPrompt?: (refiner: string, done: number) => void
}

interface Measured {
  readonly clipScore: number
  readonly novelty: number | undefined
}

interface Pair {
  readonly before: Measured
  readonly after: Measured
}

/**
 * Does improving help? Each prompt is painted as it is and as each refiner improves it, with the same seed; pictures
 * are compared with what was asked for, and with what the collection has. Intervals are of 95 %, over prompts. A prompt whose refining or painting fails is counted and left out.
 *
 * @throws errors that are no outcome of a prompt; the signal's reason after an abort
 */
export async function measureWorth(options: WorthOptions): Promise<RefinerWorth[]> {
  const before = new Map<string, Promise<Measured>>()
  const results: RefinerWorth[] = []
  for (const refiner of options.refiners) {
    const pairs: Pair[] = []
    const outcomes: Record<string, number> = {}
    for (const [done, prompt] of options.prompts.entries()) {
      options.signal?.throwIfAborted()
      options.onPrompt?.(refiner.describe().label, done)
      const result = await outcomeOf(async () => {
        const improved = await improve(prompt, refiner, options)
        if (improved === undefined) return undefined
        const original = before.get(prompt) ?? measure(prompt, prompt, options)
        before.set(prompt, original)
        return { before: await original, after: await measure(prompt, improved, options) }
      })
      outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1
      if (result.pair) pairs.push(result.pair)
    }
    results.push({ refiner: makerOf(refiner), ...summary(pairs), outcomes })
  }
  return results
}

async function outcomeOf(work: () => Promise<Pair | undefined>): Promise<{ outcome: string; pair?: Pair }> {
  try {
    const pair = await work()
    return pair ? { outcome: 'ok', pair } : { outcome: 'no_variant' }
  } catch (error) {
    const { outcome } = error as { outcome?: unknown }
    if (typeof outcome !== 'string') throw error
    return { outcome }
  }
}

async function improve(prompt: string, refiner: Refiner, options: WorthOptions): Promise<string | undefined> {
  const { searcher, seed, signal } = options
  const found = await retrieve(searcher, { prompt }, signal)
  // A prompt of the collection must not be improved by itself.
  const neighbours = found.filter((one) => one.prompt.trim() !== prompt.trim())
  const { variants } = await refiner.refine({ prompt, neighbours, variants: 1, seed }, signal ? { signal } : {})
  return variants[0]?.prompt
}

async function measure(asked: string, prompt: string, options: WorthOptions): Promise<Measured> {
  const { collection, painter, seed, signal } = options
  const { encoder, tables } = collection
  const [picture] = await painter.generate({ prompt, seed, count: 1 }, signal ? { signal } : {})
  if (!picture || !encoder.embedPictures) throw new Error('Nothing was painted, or the model has no picture tower.')
  const [shown] = await encoder.embedPictures([picture.bytes], signal)
  const [text] = await encoder.embedTexts([asked], signal)
  const [vector, asks] = [shown && unit(shown), text && unit(text.vector)]
  if (!vector || !asks) throw new Error('The model gave a vector without direction.')
  const clipScore = dot(asks, vector)
  const nearest = await tables.pictures?.table.search({ vector, k: 1, columns: ['id'] })
  return { clipScore, novelty: nearest?.hits[0]?.distance }
}

function summary(pairs: readonly Pair[]): Pick<RefinerWorth, 'clipScore' | 'novelty'> {
  const known = pairs.filter(({ before, after }) => before.novelty !== undefined && after.novelty !== undefined)
  return {
    clipScore: change(pairs, ({ clipScore }) => clipScore),
    novelty: known.length > 0 ? change(known, ({ novelty }) => novelty ?? 0) : undefined,
  }
}

function change(pairs: readonly Pair[], of: (measured: Measured) => number): Change {
  const [before, after] = [pairs.map((pair) => of(pair.before)), pairs.map((pair) => of(pair.after))]
  const differences = after.map((value, at) => value - (before[at] as number))
  return {
    before: meanInterval(before),
    after: meanInterval(after),
    change: meanInterval(differences),
  }
}
