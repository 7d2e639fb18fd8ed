/** Where scripts begin whose characters take two columns of a terminal (Unicode Standard Annex 11: Hangul Jamo). */
const WIDE = 0x1100

/**
 * A text as lines of at most `width` columns, broken at blanks; a word that is wider than a line goes on in the next,
 * so that no end of it is lost. Tables are given such lines one by one: cli-table3 wraps by itself, but measures the
 * whole text of a cell again for every line and character of it, which took minutes for a prompt of a million.
 */
export function textLines(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const piece of (text.match(/\S+/g) ?? []).flatMap((word) => pieces(word, width))) {
    const size = columns(piece)
    if (line !== '' && used + 1 + size > width) {
      lines.push(line)
      line = ''
      used = 0
    }
    used += size + (line === '' ? 0 : 1)
    line += line === '' ? piece : ` ${piece}`
  }
  return line === '' ? lines : [...lines, line]
}

function columns(text: string): number {
  let sum = 0
  for (const character of text) sum += (character.codePointAt(0) ?? 0) < WIDE ? 1 : 2
  return sum
}

function pieces(word: string, width: number): string[] {
  if (columns(word) <= width) return [word]
  const most = columns(word) === [...word].length ? width : Math.max(1, Math.floor(width / 2))
  return word.match(new RegExp(`.{1,${most}}`, 'gu')) ?? []
}
