import type { WorkspaceStatus } from '@promptloom/runner/status'
import Table from 'cli-table3'
import { bytes, count, countOf, duration } from './numbers.ts'
import { plainText } from './plain-text.ts'

/** A workspace's status as a table and a few sentences. */
export function statusText(status: WorkspaceStatus): string {
  const table = new Table({
    head: ['stage', 'shards', 'rows', 'outcomes', 'size', 'work', 'rows/s'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const stage of status.stages) {
    table.push([
      stage.name,
      `${count(stage.shards.done)}/${count(stage.shards.total)}`,
      count(stage.rows),
      Object.entries(stage.outcomes)
        .map(([name, rows]) => `${name} ${count(rows)}`)
        .join('\n'),
      bytes(stage.bytes),
      duration(stage.seconds),
      stage.rate > 0 ? count(stage.rate) : '',
    ])
  }
  return [table.toString(), ...sentences(status)].join('\n')
}

function sentences(status: WorkspaceStatus): string[] {
  const { runningSince: owner, lastRun } = status
  const untouched = !owner && !lastRun && status.stages.every(({ shards }) => shards.total === 0)
  if (untouched) return ['Nothing has run in this workspace yet.']
  const lines = [
    status.balanced
      ? 'The ledger balances: every row that came in is accounted for.'
      : 'THE LEDGER DOES NOT BALANCE: a checkpoint was changed by hand or is damaged; run again with --from its stage.',
  ]
  if (owner) lines.push(`Process ${owner.pid} on ${owner.host} is at work since ${owner.since}.`)
  else if (lastRun?.exitCode === undefined && lastRun) lines.push(`Run ${lastRun.run} was killed; run again to go on.`)
  else if (lastRun?.exitCode === 3) lines.push(`Run ${lastRun.run} was interrupted; run again to go on.`)
  else if (lastRun?.error) lines.push(`Run ${lastRun.run} failed: ${plainText(lastRun.error)}`)
  else if (!status.complete && lastRun) lines.push('Work is left; run again to go on.')
  for (const { name, transient } of status.stages) {
    if (transient > 0)
      lines.push(`${name}: ${countOf(transient, 'row')} may succeed when tried again; the next run does.`)
  }
  return lines
}
