import type { Answer, Hit } from '@promptloom/search/answer'
import Table from 'cli-table3'
import { count } from './numbers.ts'
import { plainText } from './plain-text.ts'
import { textLines } from './text-lines.ts'

/** Columns that the table takes beside the prompt. */
const OTHER_COLUMNS = 44
/** Characters shown of a prompt, an address or an id; --json has all of them. */
const SHOWN = 1000
/** Blanks beside a cell's text. */
const PADDING = 2

/** An answer as a table and a few sentences, for a terminal of the given width in characters. */
export function answerText(answer: Answer, { width }: { width: number }): string {
  const lines: string[] = []
  if (answer.model.standIn) {
    lines.push(`The model ${answer.model.name} is a stand-in for ${answer.model.standIn}: its rankings are rough.`)
  }
  if (answer.hits.length > 0) lines.push(table(answer.hits, Math.max(24, width - OTHER_COLUMNS)))
  lines.push(answer.note)
  if (answer.closest) lines.push(`The nearest is: ${plainText(answer.closest.prompt.slice(0, 200))}`)
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
    style: { head: [], border: [], compact: true },
  })
  for (const hit of hits) {
    const { rank, score, distance, width, height } = hit
    const [first = '', ...others] = details(hit).flatMap((text) => textLines(text, promptWidth - PADDING))
    drawn.push([
      rank,
      score === null ? '' : score.toFixed(1),
      distance === null ? '' : distance.toFixed(3),
      first,
      width > 0 ? `${width}×${height}` : '',
    ])
    for (const line of others) drawn.push(['', '', '', line, ''])
  }
  return drawn.toString()
}

function details({ id, prompt, url, why, copyCount }: Hit): string[] {
  const reasons = why.map(({ note }) => note).join('; ')
  return [
    shown(prompt),
    shown(url),
    `${shown(id)}: ${reasons}`,
    copyCount > 0 ? `and ${copyCount} near-duplicate${copyCount === 1 ? '' : 's'}` : '',
  ]
}

function shown(text: string): string {
  const rest = text.length - SHOWN
  return plainText(rest > 0 ? `${text.slice(0, SHOWN)}… (${count(rest)} more characters)` : text)
}
