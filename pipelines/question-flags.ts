import { UserError } from '@promptloom/runner/errors'
import type { QuestionInput } from '@promptloom/search/question'
import { parseQuestion } from '@promptloom/search/question-text'
import type { Capabilities } from '@promptloom/store/capabilities'
import { hasTextIndex } from '@promptloom/store/keyword-search'
import { InvalidArgumentError } from 'commander'
import { isFile, readPictureFile } from './picture-file.ts'

/** The flags of a question, as the command line gives them. */
export interface QuestionFlags {
  readonly find: 'prompts' | 'pictures'
  readonly like: readonly string[]
  readonly also: readonly string[]
  readonly minus: readonly string[]
  readonly phrase: readonly string[]
  /** Whether words rank too; undefined: as is best for the question and the engine, see `rankedByWords`. */
  readonly hybrid?: boolean
  readonly k: number
  readonly page: number
  readonly cutoff: boolean
  readonly fold: boolean
  readonly minWidth?: number
  readonly maxWidth?: number
  readonly minHeight?: number
  readonly maxHeight?: number
  readonly orientation?: 'landscape' | 'portrait' | 'square'
  readonly site: readonly string[]
  readonly origin: readonly string[]
  readonly run: readonly string[]
  readonly since?: string
  readonly until?: string
  readonly minRating?: number
  readonly ratingWeight?: number
  readonly clipScoreWeight?: number
  readonly hasPicture?: boolean
}

/** A question, and the files that it brings along. */
export interface AskedQuestion {
  readonly question: QuestionInput
  readonly uploads: ReadonlyMap<string, Uint8Array>
}

type TermInput = NonNullable<QuestionInput['terms']>[number]

const MINUS_WEIGHT = 0.5

/**
 * The question that words and flags ask, checked before a model and a database are opened for it.
 * @throws UserError for a file that cannot be read or is too large; QuestionError for what cannot be asked.
 */
export async function questionOf(words: readonly string[], flags: QuestionFlags): Promise<AskedQuestion> {
  const uploads = new Map<string, Uint8Array>()
  const terms: TermInput[] = []
  const { text, quoted } = unquoted(words.join(' '))
  if (words.length > 0) terms.push({ text })
  for (const also of flags.also) terms.push(weightedText(also, 1))
  for (const minus of flags.minus) {
    const { text, weight } = weightedText(minus, MINUS_WEIGHT)
    terms.push({ text, weight: -Math.abs(weight) })
  }
  for (const like of flags.like) terms.push(await pictureTerm(like, uploads))
  const { find, phrase, hybrid, k, page, cutoff, fold, ratingWeight = 0, clipScoreWeight = 0 } = flags
  const filters = filtersOf(flags) as NonNullable<QuestionInput['filters']>
  const asked = { find, terms, phrases: [...phrase, ...quoted], k, page, cutoff, fold, filters }
  const question = { ...asked, ...(hybrid === undefined ? {} : { hybrid }), ratingWeight, clipScoreWeight }
  parseQuestion(question)
  return { question, uploads }
}

/**
 * The question with its words ranking beside their meaning, unless it says whether they do: where prompts are asked for
 * and the engine need not look at every prompt for it. On two collections that found ordinary prompts and names better.
 */
export function rankedByWords(question: QuestionInput, capabilities: Capabilities): QuestionInput {
  if (question.hybrid !== undefined || question.find === 'pictures' || !hasTextIndex(capabilities)) return question
  return { ...question, hybrid: true }
}

function filtersOf(flags: QuestionFlags): Record<string, unknown> {
  const { minWidth, maxWidth, minHeight, maxHeight, orientation, since, until, minRating, hasPicture } = flags
  const some = (values: readonly string[]) => (values.length > 0 ? [...values] : undefined)
  const all = {
    ...{ minWidth, maxWidth, minHeight, maxHeight, orientation, since, until, minRating, hasPicture },
    ...{ sources: some(flags.site), origins: some(flags.origin), runs: some(flags.run) },
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

async function pictureTerm(given: string, uploads: Map<string, Uint8Array>): Promise<TermInput> {
  // A file or id may itself end like a weight; what exists as it is written is meant.
  if (await isFile(given)) return upload(given, 1, uploads)
  const { text, weight } = weightedText(given, 1)
  // Ids may look like files: what begins with id: is one.
  const id = /^id:(.+)$/s.exec(text)?.[1]
  if (id) return { id, weight }
  if (/^https?:\/\//i.test(text)) return { url: text, weight }
  if (await isFile(text)) return upload(text, weight, uploads)
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]
  if (scheme) throw new UserError(`--like is ${text}; addresses of pictures begin with http:// or https://.`)
  if (/[\\/]|\.(jpe?g|png|webp|gif|avif|bmp|tiff?)$/i.test(text)) {
    throw new UserError(`There is no file ${text}; a row whose id looks like that is --like "id:${text}".`)
  }
  return { id: text, weight }
}

async function upload(path: string, weight: number, uploads: Map<string, Uint8Array>): Promise<TermInput> {
  const name = `picture${uploads.size + 1}`
  uploads.set(name, await readPictureFile(path))
  return { upload: name, weight }
}

/** Words without the quotation marks, and what stood between them: it must occur as written. */
function unquoted(words: string): { text: string; quoted: string[] } {
  const quoted: string[] = []
  const text = words.replace(
    /(?<=^|[\s,(])["“”„]([^"“”„]*[^"“”„\s][^"“”„]*)["“”](?=$|[\s,.;)])/g,
    (_, phrase: string) => {
      quoted.push(phrase.trim())
      return phrase.trim()
    },
  )
  return { text, quoted }
}

/** Splits `words:0.5`; the port of an address is no weight. */
function weightedText(given: string, otherwise: number): { text: string; weight: number } {
  const [, text, weight] = /^(.+):(-?\d+(?:\.\d+)?)$/s.exec(given) ?? []
  if (text === undefined || /^https?:\/\/[^/]+$/i.test(text)) return { text: given, weight: otherwise }
  return { text, weight: Number(weight) }
}

/** A whole number of an option. */
export function number(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number is expected.')
}

/** A number of an option. */
export function ratio(text: string): number {
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  throw new InvalidArgumentError('a number is expected.')
}
