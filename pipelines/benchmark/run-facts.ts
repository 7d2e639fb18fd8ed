import type { Checkpoint } from '@promptloom/runner/stage'
import type { Build, HostLinks, StageLedger } from './report/report-schema.ts'

/** Stages whose work the report sums up, in pipeline order. */
export const UPSTREAM = ['download', 'fetch-images', 'feedback', 'embed', 'load', 'build-index'] as const

/** Hosts and months listed one by one. */
const MOST_LINES = 25
/** Outcomes of a picture's address that left a picture. */
const ALIVE = new Set(['ok', 'duplicate'])

/** Sums up one stage's committed shards. */
export function stageLedger(stage: string, checkpoints: readonly Checkpoint[]): StageLedger {
  const outcomes: Record<string, number> = {}
  const steps: Record<string, number> = {}
  let [rows, bytes, seconds] = [0, 0, 0]
  for (const checkpoint of checkpoints) {
    rows += checkpoint.rows
    seconds += checkpoint.seconds
    bytes += checkpoint.files.reduce((sum, file) => sum + file.bytes, 0)
    add(outcomes, checkpoint.outcomes)
    add(steps, checkpoint.timings)
  }
  const rate = seconds > 0 ? rows / seconds : 0
  return { stage, shards: checkpoints.length, rows, outcomes, bytes, seconds, rate, steps }
}

interface Link {
  readonly host: string
  readonly month: string
  readonly outcomes: Readonly<Record<string, number>>
}

/**
 * How picture addresses ended, by host and month of fetch, the most dead ones first; from what `fetch-images` keeps in
 * its checkpoints.
 */
export function hostLinks(checkpoints: readonly Pick<Checkpoint, 'facts'>[]): HostLinks[] {
  const sums = new Map<string, { host: string; month: string; outcomes: Record<string, number> }>()
  for (const { facts } of checkpoints) {
    for (const { host, month, outcomes } of (facts.links ?? []) as unknown as readonly Link[]) {
      const key = `${host} ${month}`
      const into = sums.get(key) ?? { host, month, outcomes: {} }
      add(into.outcomes, outcomes)
      sums.set(key, into)
    }
  }
  const lines = [...sums].map(([key, line]) => {
    const count = (names: readonly string[]) => names.reduce((sum, name) => sum + (line.outcomes[name] ?? 0), 0)
    const names = Object.keys(line.outcomes)
    return { key, ...line, rows: count(names), dead: count(names.filter((name) => !ALIVE.has(name))) }
  })
  return lines
    .sort((a, b) => b.dead - a.dead || b.rows - a.rows || (a.key < b.key ? -1 : 1))
    .map(({ key: _, ...line }) => line)
    .slice(0, MOST_LINES)
}

/** The last build of each table's index, from the checkpoints of `build-index`. */
export function indexBuilds(checkpoints: readonly Checkpoint[]): Build[] {
  return checkpoints.flatMap(({ shard, rows, seconds, timings, facts, committed }) => {
    if (shard !== 'text' && shard !== 'image') return []
    const spent = timings.build ?? seconds
    const known = (value: unknown) => (typeof value === 'number' ? value : null)
    const [bytes, peakBytes] = [known(facts.bytes), known(facts.peakBytes)]
    return [{ table: shard, rows, seconds: spent, rate: spent > 0 ? rows / spent : 0, bytes, peakBytes, committed }]
  })
}

function add(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value
}
