import { comparable, headline } from './headline.ts'
import type { Report } from './report/report-schema.ts'

/** Latencies that differ by less than this share are called the same. */
const NOTABLE_LATENCY = 0.1

/** What changed since the last report, in sentences; `before` is undefined for the first one. */
export function changesSince(before: Report | undefined, now: Report): string[] {
  if (!before) return ['This is the first report of this workspace.']
  const reason = comparable(before, now)
  const lines = reason ? [`Not comparable with ${before.run}: ${reason}.`] : []
  for (const track of now.tracks) {
    const old = before.tracks.find(({ name }) => name === track.name)
    if (!old) {
      lines.push(`${track.name} is new.`)
      continue
    }
    if (old.rows !== track.rows) lines.push(`${track.to} table: ${signed(track.rows - old.rows)} rows (${track.name}).`)
    if (old.index.definition !== track.index.definition)
      lines.push(`${track.to} index: now ${track.index.definition || 'none'}.`)
    if (!reason) lines.push(...figures(track.name, headline(old), headline(track)))
  }
  for (const { name } of before.tracks) {
    if (!now.tracks.some((track) => track.name === name)) lines.push(`${name} is no longer measured.`)
  }
  lines.push(...outcomeChanges(before, now))
  return lines.length > 0 ? [...new Set(lines)] : ['Nothing worth a sentence.']
}

type Headline = ReturnType<typeof headline>

function figures(name: string, old: Headline, now: Headline): string[] {
  const lines: string[] = []
  const [r1, r2] = [old?.recall, now?.recall]
  // A difference that one of the intervals allows for says nothing.
  if (r1 && r2 && outside(r2.mean, r1) && outside(r1.mean, r2)) {
    lines.push(`${name}: recall@${now?.k} ${r1.mean.toFixed(4)} → ${r2.mean.toFixed(4)}.`)
  }
  const [p1, p2] = [old?.latency?.p95, now?.latency?.p95]
  if (p1 && p2 && Math.abs(p2 / p1 - 1) > NOTABLE_LATENCY) {
    const doubt = old?.load.noisy || now?.load.noisy ? ' (a noisy measurement)' : ''
    lines.push(`${name}: p95 ${p1.toFixed(1)} → ${p2.toFixed(1)} ms${doubt}.`)
  }
  return lines
}

function outside(value: number, { low, high }: { low: number; high: number }): boolean {
  return value < low || value > high
}

function outcomeChanges(before: Report, now: Report): string[] {
  return now.ledger.flatMap(({ stage, outcomes }) => {
    const old = before.ledger.find((one) => one.stage === stage)?.outcomes ?? {}
    const names = [...new Set([...Object.keys(old), ...Object.keys(outcomes)])]
    const moved = names.flatMap((name) => {
      const by = (outcomes[name] ?? 0) - (old[name] ?? 0)
      return by === 0 ? [] : [`${signed(by)} ${name}`]
    })
    return moved.length > 0 ? [`${stage}: ${moved.join(', ')}.`] : []
  })
}

function signed(value: number): string {
  return `${value > 0 ? '+' : '−'}${Math.abs(value).toLocaleString('en-US')}`
}
