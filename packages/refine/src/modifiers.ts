import type { Neighbour } from './refiner.ts'

/** A phrase that several prompts of a collection use, such as `sharp focus` or `art by greg rutkowski`. */
export interface Modifier {
  /** As its most similar user wrote it. */
  readonly phrase: string
  /** Sum of the similarities of the prompts that use it: frequency times mean similarity. */
  readonly weight: number
  /** Ids of the prompts that use it, the most similar first. */
  readonly neighbours: readonly string[]
}

/** Phrases longer than this describe a picture rather than how it is made. */
const MOST_WORDS = 6
const LONGEST_PHRASE = 60

/** Splits a prompt into its comma-separated phrases, without weights and brackets: `(sharp focus:1.2)` is one. */
export function phrases(prompt: string): string[] {
  return prompt
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]|\p{Cf}/gu, ' ')
    .replace(/:-?\d+(\.\d+)?(?=\s*[)\],]|\s*$)/g, '')
    .split(/[,;|\n]|(?<!\d)\.(?=\s|$)/)
    .map((phrase) =>
      phrase
        .replace(/[()[\]{}"]+/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((phrase) => phrase !== '')
}

/** What two spellings of a phrase have in common. */
export function phraseKey(phrase: string): string {
  return phrase
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/**
 * The modifiers that the neighbours share and the prompt lacks, the weightiest first. A prompt's first phrase names
 * its subject, so it is left out, as is every phrase that says something about the prompt's own words already.
 */
export function modifiersOf(prompt: string, neighbours: readonly Neighbour[]): readonly Modifier[] {
  const present = new Set(phrases(prompt).map(phraseKey))
  const wholePrompt = ` ${phraseKey(prompt)} `
  const found = new Map<string, { phrase: string; weight: number; neighbours: string[] }>()
  const nearestFirst = [...neighbours].sort((a, b) => b.similarity - a.similarity || compare(a.id, b.id))
  for (const neighbour of nearestFirst) {
    const similarity = Math.max(0, neighbour.similarity)
    const keys = new Set<string>()
    for (const phrase of phrases(neighbour.prompt).slice(1)) {
      const key = phraseKey(phrase)
      if (keys.has(key) || present.has(key) || !isModifier(phrase, key) || wholePrompt.includes(` ${key} `)) continue
      keys.add(key)
      const entry = found.get(key) ?? { phrase, weight: 0, neighbours: [] }
      entry.weight += similarity
      entry.neighbours.push(neighbour.id)
      found.set(key, entry)
    }
  }
  return [...found.values()]
    .filter((modifier) => modifier.weight > 0)
    .sort((a, b) => b.weight - a.weight || compare(a.phrase, b.phrase))
}

function isModifier(phrase: string, key: string): boolean {
  return key.length > 1 && phrase.length <= LONGEST_PHRASE && phrase.split(' ').length <= MOST_WORDS
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
