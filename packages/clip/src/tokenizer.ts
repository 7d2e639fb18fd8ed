import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { ModelDirectoryError } from './model-error.ts'
import { cleanText } from './text-cleaning.ts'

/** What is done with a text that has more tokens than the model takes: cut it, or average over windows of it. */
export type Overlong = 'truncate' | 'windows'

/** One text as the text tower takes it. */
export interface TokenizedText {
  /** Token ids, begin and end included: one sequence, or several windows of a text that is too long. */
  readonly sequences: readonly Int32Array[]
  /** Whether the text had more tokens than the model takes. */
  readonly overlong: boolean
  /** Whether nothing was left of the text after cleaning. */
  readonly empty: boolean
}

/** A model directory's own tokenizer, after the reference's text cleaning. */
export class ClipTokenizer {
  readonly #tokenizer: Tokenizer
  readonly #contextLength: number
  readonly #begin: number[]
  readonly #end: number[]
  /** What batches are padded with, after end-of-text. */
  readonly padId: number

  /** Reads tokenizer.json and tokenizer_config.json. @throws ModelDirectoryError when they can't be used. */
  static async load(directory: string, contextLength: number, padToken?: string): Promise<ClipTokenizer> {
    const file = join(directory, 'tokenizer.json')
    try {
      const json = JSON.parse(await readFile(file, 'utf8'))
      const config = JSON.parse(await readFile(join(directory, 'tokenizer_config.json'), 'utf8'))
      const tokenizer = new Tokenizer(json, config)
      const problem = unusable(tokenizer, padToken)
      if (problem) throw new Error(problem)
      return new ClipTokenizer(tokenizer, contextLength, padToken)
    } catch (cause) {
      throw new ModelDirectoryError(`The tokenizer ${file} can't be used (${(cause as Error).message})`, { cause })
    }
  }

  private constructor(tokenizer: Tokenizer, contextLength: number, padToken: string | undefined) {
    this.#tokenizer = tokenizer
    this.#contextLength = contextLength
    const bare: number[] = tokenizer.encode('a', { add_special_tokens: false }).ids
    const framed: number[] = tokenizer.encode('a').ids
    const at = framed.indexOf(bare[0] as number)
    this.#begin = framed.slice(0, at)
    this.#end = framed.slice(at + bare.length)
    this.padId = (padToken === undefined ? undefined : tokenizer.token_to_id(padToken)) ?? this.#end.at(-1) ?? 0
  }

  /** Token ids of one text; of an empty one, begin and end alone. */
  encode(text: string, overlong: Overlong): TokenizedText {
    const cleaned = cleanText(text)
    const ids: number[] = cleaned ? this.#tokenizer.encode(apart(cleaned), { add_special_tokens: false }).ids : []
    const room = this.#contextLength - this.#begin.length - this.#end.length
    const frame = (inner: readonly number[]) => Int32Array.of(...this.#begin, ...inner, ...this.#end)
    const isOverlong = ids.length > room
    const sequences =
      isOverlong && overlong === 'windows'
        ? windows(ids, room).map(frame)
        : [frame(isOverlong ? ids.slice(0, room) : ids)]
    return { sequences, overlong: isOverlong, empty: cleaned === '' }
  }
}

/** What would make ids that the tower takes for something else, and never complains of. */
function unusable(tokenizer: Tokenizer, padToken: string | undefined): string | undefined {
  const bare: readonly unknown[] = tokenizer.encode('a', { add_special_tokens: false }).ids
  const framed: readonly unknown[] = tokenizer.encode('a').ids
  if (bare.length === 0 || ![...bare, ...framed].every((id) => Number.isInteger(id))) return 'it has no token for "a"'
  if (framed.lastIndexOf(bare.at(-1)) === framed.length - 1) return 'it ends no text with an end-of-text token'
  if (padToken !== undefined && tokenizer.token_to_id(padToken) === undefined)
    return `it lacks the padding token ${padToken} of tokenizer_config.json`
  return undefined
}

const SPECIAL = /<\|(?:start|end)oftext\|>/
/** CLIP's words, from openai/CLIP's simple_tokenizer.py. */
const WORDS = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu

/**
 * A text that spells out a special token, as the reference's words with spaces between: after punctuation the
 * reference takes it for punctuation and letters, while the library would find it anywhere.
 */
function apart(cleaned: string): string {
  return SPECIAL.test(cleaned) ? (cleaned.match(WORDS) ?? []).join(' ') : cleaned
}

/** The fewest windows that cover all ids, of lengths that differ by at most one: no short, weightless tail. */
function windows(ids: readonly number[], room: number): number[][] {
  const count = Math.ceil(ids.length / room)
  const edge = (index: number) => Math.round((index * ids.length) / count)
  return Array.from({ length: count }, (_, index) => ids.slice(edge(index), edge(index + 1)))
}
