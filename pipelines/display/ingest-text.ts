import Table from 'cli-table3'
import type { Ingested, IngestProgress } from '../loop/ingest/ingest.ts'
import { INTAKE_OUTCOMES, type IntakeOutcome } from '../loop/ingest/verdict.ts'
import { count } from './numbers.ts'

/** What became of pictures, lines and rows, as a table and a sentence. */
export function ingestText({ files, others, ledger, rejects }: Ingested): string {
  const table = new Table({
    head: ['outcome', 'pictures, lines, rows', 'meaning'],
    colAligns: ['left', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const [name, found] of Object.entries(ledger)) {
    if (found > 0) table.push([name, count(found), INTAKE_OUTCOMES[name as IntakeOutcome]])
  }
  const looked = `${count(files)} files${others > 0 ? `, and ${count(others)} of other kinds that were left alone` : ''}.`
  const why = rejects === undefined ? [] : [`What cannot be used, and why: ${rejects}`]
  return [...(table.length > 0 ? [table.toString()] : []), looked, ...why].join('\n')
}

/** How often a progress is shown, in milliseconds: on a terminal, and where lines are kept. */
const EVERY = { terminal: 200, lines: 10_000 }

/** Shows how far an ingestion is: a line that changes on a terminal, elsewhere a line now and then. */
export function ingestProgress(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>, now = Date.now) {
  const started = now()
  let shown = started
  const every = stream.isTTY ? EVERY.terminal : EVERY.lines
  return {
    show({ files, ledger }: IngestProgress): void {
      if (now() - shown < every) return
      shown = now()
      const rate = Math.round(files / ((shown - started) / 1000))
      const line = `${count(files)} files (${count(rate)} a second), ${count(ledger.new)} new`
      stream.write(stream.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
    },
    end(): void {
      if (stream.isTTY && shown !== started) stream.write('\r\u001b[K')
    },
  }
}
