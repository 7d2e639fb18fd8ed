/** A piece of a prompt: a phrase that can be searched for, or what stands between two. */
export interface Span {
  readonly text: string
  /** The phrase without brackets and weights; undefined for what stands between. */
  readonly phrase?: string
}

/** Commas and semicolons of other scripts part phrases as well. */
const SEPARATOR = /([,;|\n،؛、，；。]+|(?<!\d)\.(?=\s|$))/

/** Cuts a prompt into its phrases; put together, the pieces are the prompt again, sign by sign. */
export function phraseSpans(prompt: string): Span[] {
  return prompt.split(SEPARATOR).flatMap((piece, index) => {
    if (index % 2 === 1) return [{ text: piece }]
    const [, before = '', text = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(piece) ?? []
    const phrase = bare(text)
    const spans: Span[] = [{ text: before }, phrase ? { text, phrase } : { text }, { text: after }]
    return spans.filter((span) => span.text !== '')
  })
}

/** A phrase without the signs that weight it: `(sharp focus:1.2)` is `sharp focus`. */
function bare(text: string): string {
  return text
    .replace(/:-?\d+(\.\d+)?(?=\s*[)\]]|\s*$)/g, '')
    .replace(/[()[\]{}"]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
