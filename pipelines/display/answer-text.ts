import type { Answer, Hit } from '@promptloom/search/answer'
import Table from 'cli-table3'
import { plainText } from './plain-text.ts'

/** Columns that the table takes beside the prompt. */
const OTHER_COLUMNS = 44

/** An answer as a table and a few sentences, for a terminal of the given width in characters. */
export function answerText(answer: Answer, { width }: { width: number }): string {
  const lines: string[] = []
  if (answer.model.standIn) {
    lines.push(`The model ${answer.model.name} is a stand-in for ${answer.model.standIn}: its rankings are rough.`)
  }
  if (answer.hits.length > 0) lines.push(table(answer.hits, Math.max(24, width - OTHER_COLUMNS)))
  lines.push(answer.note)
  if (answer.closest) lines.push(`The nearest is: ${plainText(answer.closest.prompt).slice(0, 200)}`)
  lines.push(answer.cutoff.note)
  if (answer.more) lines.push(`There is more: --page ${answer.page + 1}.`)
  for (const warning of answer.warnings) lines.push(`Note: ${warning}`)
  return lines.join('\n')
}

function table(hits: readonly Hit[], promptWidth: number): string {
  const drawn = new Table({
    head: ['#', 'score', 'distance', 'prompt', 'size'],
    colAligns: ['right', 'right', 'right', 'left', 'right'],
    colWidths: [null, null, null, promptWidth, null],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  })
  for (const hit of hits) {
    const { rank, score, distance, width, height } = hit
    drawn.push([
      rank,
      score === null ? '' : score.toFixed(1),
      distance === null ? '' : distance.toFixed(3),
      details(hit),
      width > 0 ? `${width}×${height}` : '',
    ])
  }
  return drawn.toString()
}

function details({ id, prompt, url, why, copyCount }: Hit): string {
  const reasons = why.map(({ note }) => note).join('; ')
  return [
    plainText(prompt),
    ...(url ? [plainText(url)] : []),
    `${plainText(id)}: ${reasons}`,
    ...(copyCount > 0 ? [`and ${copyCount} near-duplicate${copyCount === 1 ? '' : 's'}`] : []),
  ].join('\n')
}
