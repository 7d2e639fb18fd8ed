/**
 * Text for a terminal, without control characters: what comes from a collection or from another host is data, and
 * must not steer the terminal. Each run of them becomes a blank; `lines` keeps line breaks.
 */
export function plainText(text: string, { lines = false }: { readonly lines?: boolean } = {}): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(lines ? /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g : /[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}
