import { z } from 'zod'
import type { Variant } from './refiner.ts'

/** Longest improved prompt that is accepted, in characters. */
const LONGEST_PROMPT = 2_000

const LONGEST_REASON = 2_000

const variantSchema = z.object({
  prompt: z.string().trim().min(1, 'is empty').max(LONGEST_PROMPT, `is longer than ${LONGEST_PROMPT} characters`),
  reason: z.string().trim().min(1, 'is empty').max(LONGEST_REASON, `is longer than ${LONGEST_REASON} characters`),
  neighbours: z.array(z.string()),
})

const answerSchema = z.object({ variants: z.array(variantSchema) })

/**
 * The shape of an answer as JSON Schema, in the subset that strict structured output allows (every key required, no
 * other keys, no length limits).
 */
export const ANSWER_JSON_SCHEMA = {
  type: 'object',
  properties: {
    variants: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          prompt: { type: 'string' },
          reason: { type: 'string' },
          neighbours: { type: 'array', items: { type: 'string' } },
        },
        required: ['prompt', 'reason', 'neighbours'],
        additionalProperties: false,
      },
    },
  },
  required: ['variants'],
  additionalProperties: false,
} as const

/** What an answer must agree with. */
export interface Expectation {
  readonly variants: number
  /** Ids that the model was shown. */
  readonly ids: ReadonlySet<string>
}

/** An answer that holds, or everything that is wrong with it, in words that the model can act on. */
export type Judgement =
  | { readonly variants: readonly Variant[]; readonly problems?: never }
  | { readonly problems: readonly string[]; readonly variants?: never }

/**
 * Reads an answer: JSON, in a Markdown fence or not, of the right shape, with the right number of different prompts
 * that name only neighbours that were given.
 */
export function judge(text: string, expected: Expectation): Judgement {
  let value: unknown
  try {
    value = JSON.parse(unfence(text))
  } catch (error) {
    return { problems: [`it is not one JSON object (${(error as Error).message})`] }
  }
  const parsed = answerSchema.safeParse(value)
  if (!parsed.success)
    return { problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`) }
  const variants = parsed.data.variants.map((variant) => ({
    ...variant,
    neighbours: [...new Set(variant.neighbours)],
  }))
  const problems = [...miscounted(variants, expected), ...repeated(variants), ...unknownIds(variants, expected)]
  return problems.length > 0 ? { problems } : { variants }
}

/** One variant of a streamed answer, or null where it does not hold by itself. */
export function judgeVariant(json: string, expected: Expectation): Variant | null {
  try {
    const parsed = variantSchema.safeParse(JSON.parse(json))
    if (!parsed.success || unknownIds([parsed.data], expected).length > 0) return null
    return { ...parsed.data, neighbours: [...new Set(parsed.data.neighbours)] }
  } catch {
    return null
  }
}

function miscounted(variants: readonly Variant[], expected: Expectation): string[] {
  if (variants.length === expected.variants) return []
  return [`it has ${variants.length} variants where exactly ${expected.variants} were asked for`]
}

function repeated(variants: readonly Variant[]): string[] {
  const seen = new Map<string, number>()
  const problems: string[] = []
  for (const [at, variant] of variants.entries()) {
    const key = variant.prompt.toLowerCase().replace(/\s+/g, ' ')
    const first = seen.get(key)
    if (first === undefined) seen.set(key, at)
    else problems.push(`variants.${at}.prompt: is the same as variants.${first}.prompt`)
  }
  return problems
}

function unknownIds(variants: readonly Variant[], expected: Expectation): string[] {
  return variants.flatMap((variant, at) =>
    variant.neighbours
      .filter((id) => !expected.ids.has(id))
      .map((id) => `variants.${at}.neighbours: ${JSON.stringify(id.slice(0, 80))} is not an id of the collection`),
  )
}

/** Models that were not held to JSON by the server like to wrap it in a fence. */
function unfence(text: string): string {
  const trimmed = text.trim()
  if (!trimmed.startsWith('```') || !trimmed.endsWith('```')) return trimmed
  return trimmed.slice(trimmed.indexOf('\n') + 1, -3)
}
