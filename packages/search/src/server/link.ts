import { z } from 'zod'
import { type QuestionInput, TEXT_LIMIT } from '../question.ts'
import { QuestionError } from '../search-error.ts'

/** How much `minus` counts: its whole weight would leave little of what is asked for. */
export const MINUS_WEIGHT = -0.5

const count = z.coerce.number().int()

/** A question as the query part of an address. */
export const linkQuerySchema = z.strictObject({
  q: z.string().max(TEXT_LIMIT).optional().describe('Words.'),
  minus: z.string().max(TEXT_LIMIT).optional().describe(`Words to move away from (weight ${MINUS_WEIGHT}).`),
  like: z.string().max(500).optional().describe('Id of a row: more like this.'),
  url: z.string().max(4_000).optional().describe('Address of a picture.'),
  phrase: z.string().max(200).optional().describe('Must occur in the prompt as written.'),
  find: z.enum(['prompts', 'pictures']).default('prompts'),
  hybrid: z.stringbool().default(false).describe('`true` or `false`, as for the next two.'),
  cutoff: z.stringbool().default(true),
  fold: z.stringbool().default(true),
  k: count.min(1).max(200).default(10),
  page: count.min(1).default(1),
  filters: z.string().max(10_000).optional().describe('Filters as JSON, as in the Question of POST.'),
})

/**
 * The question that an address asks. What it says of the parts is checked with the question.
 * @throws QuestionError when its filters are no JSON.
 */
export function questionOfLink(query: z.output<typeof linkQuerySchema>): QuestionInput {
  const { q, minus, like, url, phrase, filters, ...rest } = query
  return {
    ...rest,
    terms: [
      ...(q ? [{ text: q }] : []),
      ...(url ? [{ url }] : []),
      ...(like ? [{ id: like }] : []),
      ...(minus ? [{ text: minus, weight: MINUS_WEIGHT }] : []),
    ],
    phrases: phrase ? [phrase] : [],
    filters: filters ? parseFilters(filters) : {},
  }
}

function parseFilters(text: string): NonNullable<QuestionInput['filters']> {
  try {
    return JSON.parse(text)
  } catch {
    throw new QuestionError('The filters of the address are not valid JSON.')
  }
}
