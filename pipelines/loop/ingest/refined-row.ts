import { z } from 'zod'
import { refinedId, rowMaker } from '../../feedback/inbox-row.ts'
import { promptFault, type Verdict } from './verdict.ts'

const maker = z.union([z.string().min(1).max(500), rowMaker])

/** One line of a JSON Lines file of improved prompts. */
export const refinedLineSchema = z.strictObject({
  prompt: z.string().describe('The improved prompt.'),
  asked: z.string().optional().describe('The prompt as the user wrote it.'),
  parents: z.array(z.string().min(1).max(500)).max(1_000).default([]).describe('Ids of the rows it was made from.'),
  reason: z.string().max(20_000).optional().describe('Why it was changed so.'),
  refiner: maker.optional().describe('Who improved it: a name, or {kind, label, standIn}.'),
  source_site: z.string().max(200).default(''),
  scores: z.record(z.string(), z.number()).optional(),
})

/** An improved prompt from outside. */
export type RefinedLine = z.input<typeof refinedLineSchema>

/** The row of one line of a JSON Lines file. */
export function lineRow(text: string, file: string): Verdict {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { outcome: 'malformed', reason: 'it is no JSON' }
  }
  const parsed = refinedLineSchema.safeParse(value)
  if (parsed.success) return refinedRow(parsed.data, file)
  const [issue] = parsed.error.issues
  const place = issue?.path.join('.')
  return { outcome: 'malformed', reason: `${place ? `${place}: ` : ''}${issue?.message ?? 'it is malformed'}` }
}

/** The row of an improved prompt. */
export function refinedRow(line: RefinedLine, file: string): Verdict {
  const { prompt, asked, parents = [], reason, refiner, source_site = '', scores } = line
  const fault = promptFault(prompt) ?? (asked === undefined || asked === '' ? undefined : tooLong(asked))
  if (fault) return fault
  if (asked === prompt) return { outcome: 'unchanged', reason: 'the improved prompt is the one that was asked for' }
  const named = typeof refiner === 'string' ? { kind: 'llm', label: refiner, standIn: false } : refiner
  const lineage = {
    file,
    ...(asked ? { asked } : {}),
    ...(reason ? { reason } : {}),
    ...(named ? { refiner: named } : {}),
    ...(scores ? { scores } : {}),
  }
  const row = { id: refinedId(prompt, parents), prompt, parents: [...parents], source_site }
  return { items: [{ row: { ...row, origin: 'refined', lineage } }] }
}

function tooLong(asked: string) {
  const fault = promptFault(asked)
  return fault?.outcome === 'too_long'
    ? { ...fault, reason: fault.reason.replace('the prompt', 'what was asked') }
    : undefined
}
