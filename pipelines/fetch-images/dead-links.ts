import type { Checkpoint, Json } from '@promptloom/runner/stage'
import type { Finding } from './finding.ts'

/** How the URLs of one host ended in one month. */
export interface HostMonth {
  /** Host name and port; `other hosts` for what a shard has beyond its twenty largest. */
  readonly host: string
  /** Month of the fetch, `2026-11`. */
  readonly month: string
  /** Rows by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** One line of the dead-link report. */
export interface DeadLinks extends HostMonth {
  readonly rows: number
  /** Rows without a picture. */
  readonly dead: number
}

const MOST_HOSTS = 20
const OTHERS = 'other hosts'

/** Counts a shard's outcomes by host and month, for its checkpoint; rows without a web address are left out. */
export function linkFacts(findings: readonly Finding[], hostOf: (id: string) => string | undefined): HostMonth[] {
  const rows = findings.flatMap(({ row, fetch }) => {
    const host = hostOf(row.id)
    return host === undefined ? [] : [{ host, month: fetch.fetched_at.slice(0, 7), outcomes: { [row.outcome]: 1 } }]
  })
  const sizes = new Map<string, number>()
  for (const { host } of rows) sizes.set(host, (sizes.get(host) ?? 0) + 1)
  const bySize = [...sizes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([host]) => host)
  const named = new Set(bySize.slice(0, MOST_HOSTS))
  return merge(rows.map((row) => (named.has(row.host) ? row : { ...row, host: OTHERS })))
}

/**
 * The dead-link report of all committed shards: per host and month of fetch, the rows and how they ended; hosts in
 * the order of their names, months in order.
 */
export function deadLinks(checkpoints: readonly Pick<Checkpoint, 'facts'>[]): DeadLinks[] {
  const all = checkpoints.flatMap(({ facts }) => (facts.links as unknown as readonly HostMonth[] | undefined) ?? [])
  return merge(all).map((line) => {
    const count = (names: readonly string[]) => names.reduce((sum, name) => sum + (line.outcomes[name] ?? 0), 0)
    const rows = count(Object.keys(line.outcomes))
    return { ...line, rows, dead: rows - count(['ok', 'duplicate']) }
  })
}

/** Link facts in the form that checkpoints hold. */
export function asJson(links: readonly HostMonth[]): Json {
  return links.map(({ host, month, outcomes }) => ({ host, month, outcomes }))
}

function merge(lines: readonly HostMonth[]): HostMonth[] {
  const merged = new Map<string, { host: string; month: string; outcomes: Record<string, number> }>()
  for (const { host, month, outcomes } of lines) {
    const key = `${host} ${month}`
    const into = merged.get(key) ?? { host, month, outcomes: {} }
    for (const [name, rows] of Object.entries(outcomes)) into.outcomes[name] = (into.outcomes[name] ?? 0) + rows
    merged.set(key, into)
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
}
