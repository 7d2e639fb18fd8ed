import type { z } from 'zod'
import { type Question, type QuestionInput, questionSchema } from './question.ts'
import { QuestionError } from './search-error.ts'

/**
 * Checks a question and fills in its defaults.
 * @throws QuestionError that names the first thing that is wrong, and where.
 */
export function parseQuestion(input: QuestionInput | unknown): Question {
  const parsed = questionSchema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new QuestionError(`The question cannot be used: ${firstFault(parsed.error)}.`)
}

/** The first fault of a value in words: where it is, and what is wrong with it. */
export function firstFault(error: z.ZodError): string {
  const issue = deepest(error.issues[0])
  if (!issue) return 'it is malformed'
  const place = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  return `${place}${issue.message.replace(/\.$/, '')}`
}

type Issue = z.core.$ZodIssue

/** A union says only that nothing fits; the branch with the fewest faults says what is wrong. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union' || issue.errors.length === 0) return issue
  const branches = [...issue.errors].filter((branch) => branch.length > 0)
  // A branch that knows all keys is what was meant, even where a value of it is wrong.
  branches.sort((a, b) => strangeness(a) - strangeness(b) || a.length - b.length)
  const chosen = branches[0]
  const inner = deepest(chosen?.find(({ code }) => code === 'unrecognized_keys') ?? chosen?.[0])
  return inner && { ...inner, path: [...issue.path, ...inner.path] }
}

function strangeness(issues: readonly Issue[]): number {
  const missing = (issue: Issue) => issue.code === 'invalid_type' && /received undefined/.test(issue.message)
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' || missing(issue) ? 1 : 0), 0)
}
