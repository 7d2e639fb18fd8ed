import { decodeHTML } from 'entities'

/**
 * The reference's own cleaning of a text before it is tokenized: ftfy's repairs, HTML entities unescaped twice, runs
 * of white space made one space, lower case. Empty when nothing is left.
 * Source: `basic_clean` and `whitespace_clean` of openai/CLIP's simple_tokenizer.py.
 */
export function cleanText(text: string): string {
  return decodeHTML(decodeHTML(text)).normalize('NFC').replace(/\s+/gu, ' ').trim().toLowerCase()
}
