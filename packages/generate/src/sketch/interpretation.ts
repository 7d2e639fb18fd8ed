import { KINDS, type Kind } from './vocabulary.ts'

/** What the painter made of a prompt. */
export interface Interpretation {
  /** Concepts found, by kind, in the order of the prompt; a prompt may name two styles or none. */
  readonly concepts: Readonly<Record<Kind, readonly string[]>>
  /** The prompt's words and phrases that decide something in the picture, in order, each once. */
  readonly understood: readonly string[]
  /** The other words, in order, each once; articles, prepositions and numbers' signs are not counted. */
  readonly unknown: readonly string[]
}

/** Words that carry no picture of their own. */
const FILLERS = new Set(
  'a an the of in on at by with and or to from into over under near for is are it its as very his her their this that'.split(
    ' ',
  ),
)

const LONGEST_PHRASE = 4

const LEXICON: ReadonlyMap<string, { readonly kind: Kind; readonly concept: string }> = lexicon()

/**
 * Reads a prompt: longest phrases first, never across punctuation; plurals are folded, case is ignored. Never fails.
 */
export function interpret(prompt: string): Interpretation {
  const concepts: Record<Kind, string[]> = {
    subject: [],
    setting: [],
    time: [],
    weather: [],
    palette: [],
    composition: [],
    style: [],
  }
  const understood = new Set<string>()
  const unknown = new Set<string>()
  for (const words of clausesOf(prompt)) {
    for (let at = 0; at < words.length; ) {
      const match = longestMatch(words, at)
      if (match) {
        const list = concepts[match.kind]
        if (!list.includes(match.concept)) list.push(match.concept)
        understood.add(match.phrase)
      } else if (!FILLERS.has(words[at] as string)) {
        unknown.add(words[at] as string)
      }
      at += match?.length ?? 1
    }
  }
  return { concepts, understood: [...understood], unknown: [...unknown] }
}

/** The words between punctuation marks; hyphens and apostrophes hold a word together. */
function clausesOf(prompt: string): string[][] {
  const clauses = prompt
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}\s'’-]+/u)
  return clauses.map((clause) => clause.match(/[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu) ?? [])
}

function longestMatch(words: readonly string[], at: number) {
  for (let length = Math.min(LONGEST_PHRASE, words.length - at); length > 0; length--) {
    const phrase = words.slice(at, at + length).join(' ')
    const entry = LEXICON.get(phrase) ?? LEXICON.get(singular(phrase))
    if (entry) return { ...entry, phrase, length }
  }
  return undefined
}

function singular(phrase: string): string {
  if (/(?:ch|sh|x|ss)es$/.test(phrase)) return phrase.slice(0, -2)
  if (phrase.endsWith('ies')) return `${phrase.slice(0, -3)}y`
  return phrase.endsWith('s') ? phrase.slice(0, -1) : phrase
}

function lexicon() {
  const entries = new Map<string, { kind: Kind; concept: string }>()
  for (const kind of Object.keys(KINDS) as Kind[]) {
    for (const [concept, phrases] of Object.entries(KINDS[kind])) {
      for (const phrase of phrases) entries.set(phrase, { kind, concept })
    }
  }
  // Some things are listed in the plural alone (hills, waves): one of them means the same. Wood is the material.
  for (const [phrase, entry] of [...entries]) {
    const one = singular(phrase)
    if (!entries.has(one) && !one.endsWith('s') && one !== 'wood') entries.set(one, entry)
  }
  return entries
}
