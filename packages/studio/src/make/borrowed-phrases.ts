import { phraseSpans } from '../row/phrase-spans.ts'

const LONGEST = 40

/**
 * Phrases of some prompts that another lacks, those that most of them use first. A prompt's first phrase names its
 * subject, so it is left out.
 */
export function borrowedPhrases(prompt: string, others: readonly string[], most: number): string[] {
  const own = ` ${keyOf(prompt)} `
  const uses = new Map<string, { readonly phrase: string; count: number }>()
  for (const other of others) {
    const phrases = phraseSpans(other).flatMap(({ phrase }) => (phrase ? [phrase] : []))
    for (const key of new Set(phrases.slice(1).map(keyOf))) {
      const phrase = phrases.find((each) => keyOf(each) === key) as string
      if (key === '' || phrase.length > LONGEST || own.includes(` ${key} `)) continue
      const known = uses.get(key)
      if (known) known.count++
      else uses.set(key, { phrase, count: 1 })
    }
  }
  return [...uses.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ phrase }) => phrase)
}

function keyOf(phrase: string): string {
  return phrase
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
