import { createHash } from 'node:crypto'
import { type Modifier, modifiersOf, phraseKey } from './modifiers.ts'
import { checkRequest } from './refine-input.ts'
import type { RefineOptions, RefineRequest, RefineResult, Refiner, RefinerDescription, Variant } from './refiner.ts'

/** Modifiers that one variant adds. */
const MODIFIERS_PER_VARIANT = 6

/** Modifiers that variants are drawn from, the weightiest first. */
const POOL = 60

/** Longest variant in characters; CLIP's text encoder reads 77 tokens, about 300 characters of such prompts. */
const LONGEST_VARIANT = 300

/** Draws before the pool is taken to hold no further combination. */
const MOST_DRAWS = 50

/**
 * Improves a prompt without a language model: appends modifiers that its neighbours share, drawn by frequency times
 * similarity. The first variant holds the weightiest ones, the others are drawn from the seed; the same request gives
 * the same variants on every machine. The user's prompt stays in front as it is, but for commas and stops at its end.
 */
export class OfflineRefiner implements Refiner {
  describe(): RefinerDescription {
    return { kind: 'offline', label: "offline refiner (no language model: the neighbours' own modifiers)" }
  }

  async refine(request: RefineRequest, options: RefineOptions = {}): Promise<RefineResult> {
    options.signal?.throwIfAborted()
    const checked = checkRequest(request)
    const pool = poolOf(modifiersOf(checked.prompt, checked.neighbours), checked.variants)
    const variants: Variant[] = []
    const seen = new Set<string>()
    for (let draw = 0; variants.length < checked.variants && draw < MOST_DRAWS; draw++) {
      const chosen = fit(checked.prompt, draw === 0 ? pool : shuffled(pool, `${checked.seed ?? 0}:${draw}`))
      const key = chosen
        .map((modifier) => modifier.phrase)
        .sort()
        .join('\n')
      if (chosen.length === 0 || seen.has(key)) continue
      seen.add(key)
      const variant = variantOf(checked.prompt, chosen, checked.neighbours.length)
      variants.push(variant)
      options.onVariant?.(variant, variants.length - 1)
    }
    return { refiner: this.describe(), variants, usage: null, repaired: false }
  }
}

/**
 * What variants are drawn from: phrases that at least two neighbours share, because one that stands alone more often
 * names a thing than a manner; where there are too few of them, the weightiest others too.
 */
function poolOf(modifiers: readonly Modifier[], variants: number): readonly Modifier[] {
  const shared = modifiers.filter((modifier) => modifier.neighbours.length > 1)
  const single = modifiers.filter((modifier) => modifier.neighbours.length === 1)
  const missing = Math.max(0, MODIFIERS_PER_VARIANT + variants - shared.length)
  return [...shared, ...single.slice(0, missing)].slice(0, POOL)
}

/** Whether one phrase says the other too, as `trending on artstation` says `artstation`. */
function overlaps(a: Modifier, b: Modifier): boolean {
  const [first, second] = [` ${phraseKey(a.phrase)} `, ` ${phraseKey(b.phrase)} `]
  return first.includes(second) || second.includes(first)
}

/** The first modifiers that fit behind the prompt, the weightiest in front. */
function fit(prompt: string, candidates: readonly Modifier[]): readonly Modifier[] {
  const chosen: Modifier[] = []
  let length = prompt.length
  for (const modifier of candidates) {
    if (chosen.length === MODIFIERS_PER_VARIANT) break
    if (length + 2 + modifier.phrase.length > LONGEST_VARIANT) continue
    if (chosen.some((other) => overlaps(modifier, other))) continue
    chosen.push(modifier)
    length += 2 + modifier.phrase.length
  }
  return chosen.sort((a, b) => b.weight - a.weight || (a.phrase < b.phrase ? -1 : 1))
}

/**
 * The pool in a random order in which heavier modifiers tend to come first: weighted sampling without replacement by
 * exponential keys (Efraimidis and Spirakis, 2006).
 */
function shuffled(pool: readonly Modifier[], seed: string): readonly Modifier[] {
  return pool
    .map((modifier) => ({ modifier, key: -Math.log(uniform(`${seed}:${modifier.phrase}`)) / modifier.weight }))
    .sort((a, b) => a.key - b.key)
    .map(({ modifier }) => modifier)
}

/** A number in (0, 1] that depends on the text alone. */
function uniform(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt32BE(0) + 1) / 2 ** 32
}

function variantOf(prompt: string, chosen: readonly Modifier[], among: number): Variant {
  const text = prompt.trim().replace(/[\s,.;]+$/, '')
  const parts = chosen.map((modifier) => `"${modifier.phrase}" (${modifier.neighbours.length})`)
  return {
    prompt: [text, ...chosen.map((modifier) => modifier.phrase)].filter(Boolean).join(', '),
    reason: `Adds what similar prompts use, with how many of ${among} do: ${parts.join(', ')}.`,
    neighbours: [...new Set(chosen.flatMap((modifier) => modifier.neighbours))],
  }
}
