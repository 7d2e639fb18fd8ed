import type { Neighbour, RefineResult } from '@promptloom/refine/refiner'
import { plainText } from './plain-text.ts'

/** Improved prompts with why they should be better, and what they cost, for a terminal. */
export function refineText({
  refiner,
  variants,
  usage,
  repaired,
  neighbours,
}: RefineResult & { readonly neighbours: readonly Neighbour[] }): string {
  const lines = [`By ${plainText(refiner.label)}, from ${neighbours.length} similar prompts:`]
  for (const [at, { prompt, reason, neighbours: used }] of variants.entries()) {
    lines.push('', `${at + 1}  ${plainText(prompt)}`, `   ${plainText(reason)}`)
    if (used.length > 0) lines.push(`   Draws on ${used.map((id) => plainText(id)).join(', ')}.`)
  }
  if (variants.length === 0)
    lines.push('', 'Nothing was found that would improve it; say more, or ask a language model.')
  if (repaired) lines.push('', 'The first answer was malformed; this one was asked for again.')
  if (usage) {
    const { inputTokens, outputTokens, cost, estimated } = usage
    const tokens = `${inputTokens} and ${outputTokens} tokens${estimated ? ' (estimated)' : ''}`
    lines.push('', `Used ${tokens}${cost === null ? '' : `, cost ${cost.toPrecision(3)}`}.`)
  }
  return lines.join('\n')
}
