/**
 * CLIP's tokenization written a second time, straight from the published rules and the plain vocabulary, so that the
 * tokenizer in use has something to be held against: words by one regular expression, bytes, then the lowest merge
 * first until none applies.
 */
export class ReferenceTokenizer {
  readonly #vocabulary: Readonly<Record<string, number>>
  readonly #ranks: ReadonlyMap<string, number>
  readonly #merges: readonly string[]
  readonly #letters: readonly string[]
  /** Ids of words that came before: real prompts have the same ones again and again. */
  readonly #words = new Map<string, number[]>()

  constructor(tokenizerJson: {
    model: { vocab: Record<string, number>; merges: readonly (string | readonly string[])[] }
  }) {
    const { vocab, merges } = tokenizerJson.model
    this.#vocabulary = vocab
    this.#merges = merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')))
    this.#ranks = new Map(this.#merges.map((merge, rank) => [merge, rank]))
    const printed = [...range(33, 126), ...range(161, 172), ...range(174, 255)]
    const letters = Array.from({ length: 256 }, () => '')
    for (const byte of printed) letters[byte] = String.fromCharCode(byte)
    let next = 256
    this.#letters = letters.map((letter) => letter || String.fromCharCode(next++))
  }

  /** Ids of a text that is cleaned already, without begin and end. */
  encode(cleaned: string): number[] {
    const words = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu
    return [...cleaned.matchAll(words)].flatMap(([word]) => {
      const ids = this.#words.get(word) ?? this.#word(word)
      this.#words.set(word, ids)
      return ids
    })
  }

  #word(word: string): number[] {
    if (word === '<|startoftext|>' || word === '<|endoftext|>') return [this.#vocabulary[word] as number]
    const parts = Array.from(Buffer.from(word), (byte) => this.#letters[byte] as string)
    parts.push(`${parts.pop()}</w>`)
    for (;;) {
      const ranks = parts
        .slice(1)
        .map((part, at) => this.#ranks.get(`${parts[at]} ${part}`) ?? Number.POSITIVE_INFINITY)
      const best = Math.min(...ranks)
      if (best === Number.POSITIVE_INFINITY) break
      // All places of the best pair are merged at once, from the left.
      const [left, right] = (this.#merges[best] as string).split(' ') as [string, string]
      for (let at = 0; at < parts.length - 1; at++) {
        if (parts[at] === left && parts[at + 1] === right) parts.splice(at, 2, left + right)
      }
    }
    return parts.map((part) => this.#vocabulary[part] as number)
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}
