import type { Part } from './query.ts'

/** What was typed, taken apart. */
export interface Typed {
  readonly words: string
  readonly parts: readonly Part[]
  readonly phrases: readonly string[]
}

const MARK = /(?:^|(?<=\s))(?:([-+\u2212])(?:"([^"]+)"|([^\s"-][^\s"]*))|"([^"]+)")(?=\s|$)/g

/**
 * Takes apart what a person types: `-fog` is a minus term, `+fog` or `+"dense fog"` a plus term, `"dense fog"` a phrase
 * that must occur as written, the address of a picture a picture, and the rest is words.
 */
export function parseTyped(text: string): Typed {
  const parts: Part[] = []
  const phrases: string[] = []
  const rest = text.replace(MARK, (_, sign?: string, quoted?: string, word?: string, phrase?: string) => {
    const said = (phrase ?? quoted ?? word ?? '').trim()
    if (said && phrase) phrases.push(said)
    else if (said) parts.push({ kind: 'words', text: said, minus: sign !== '+' })
    return ' '
  })
  const words = rest.replace(/\s+/g, ' ').trim()
  if (/^https?:\/\/\S+$/i.test(words) && URL.canParse(words)) {
    return { words: '', parts: [...parts, { kind: 'address', url: words, minus: false }], phrases }
  }
  return { words, parts, phrases }
}
