/** A piece of SQL: never a blank or a comment. */
export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'sign'
  readonly text: string
  readonly start: number
  readonly end: number
}

const PATTERN =
  /(?<skip>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\]|\\[\s\S]|'')*')|(?<word>`[^`]+`|"[^"]+"|[A-Za-z_][A-Za-z0-9_]*)|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?<sign>[\s\S])/gy

/** Splits SQL so that nothing inside a string or comment is taken for a keyword. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  for (const match of sql.matchAll(PATTERN)) {
    const { string, word, number, skip } = match.groups as Record<string, string | undefined>
    if (skip !== undefined) continue
    const kind =
      string !== undefined ? 'string' : word !== undefined ? 'word' : number !== undefined ? 'number' : 'sign'
    tokens.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length })
  }
  return tokens
}

/** True when the tokens from `at` on are these words, in any case. */
export function follows(tokens: readonly Token[], at: number, ...words: readonly string[]): boolean {
  return words.every((word, offset) => tokens[at + offset]?.text.toUpperCase() === word.toUpperCase())
}

/** Index of the first place at or after `from` where these words stand; -1 where none does. */
export function find(tokens: readonly Token[], words: readonly string[], from = 0): number {
  for (let at = from; at < tokens.length; at++) if (follows(tokens, at, ...words)) return at
  return -1
}

/** Index of the bracket that closes the one at `open`. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    if ('([{'.includes(tokens[at]?.text ?? '-')) depth++
    if (')]}'.includes(tokens[at]?.text ?? '-') && --depth === 0) return at
  }
  return tokens.length
}

/** Ranges of tokens between the commas of the bracket at `open`, as [first, last + 1]. */
export function items(tokens: readonly Token[], open: number): [number, number][] {
  const end = closing(tokens, open)
  const ranges: [number, number][] = []
  let start = open + 1
  for (let at = open + 1; at <= end; at++) {
    if (at < end && '([{'.includes(tokens[at]?.text ?? '-')) at = closing(tokens, at)
    else if (at === end || tokens[at]?.text === ',') {
      if (at > start) ranges.push([start, at])
      start = at + 1
    }
  }
  return ranges
}

/** A name without its quotes. */
export function bareName(text: string): string {
  return text.replace(/^[`"]|[`"]$/g, '')
}

/** Contents of a string literal. */
export function contents(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}
