import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from '@promptloom/runner/stage'
import Table from 'cli-table3'
import { count } from '../display/numbers.ts'
import { type DeadLinks, deadLinks } from './dead-links.ts'

/** Lines of the table beyond which the hosts with the fewest dead links are only summed up. */
const MOST_LINES = 20

/** The dead-link report of what a workspace has committed; empty where nothing was fetched from the web. */
export async function readDeadLinks(workspace: string): Promise<DeadLinks[]> {
  const folder = join(workspace, 'fetch-images')
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const shards = names.filter((name) => /^\d+\.json$/.test(name)).sort()
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Checkpoint
  return deadLinks(await Promise.all(shards.map(read)))
}

/** The report as a table: most dead links first, with what they ended in; empty text for an empty report. */
export function deadLinksText(lines: readonly DeadLinks[]): string {
  if (lines.length === 0) return ''
  const table = new Table({
    head: ['host', 'month', 'urls', 'dead', 'share', 'ended in'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  const sorted = [...lines].sort((a, b) => b.dead - a.dead)
  for (const { host, month, rows, dead, outcomes } of sorted.slice(0, MOST_LINES)) {
    const reasons = Object.entries(outcomes)
      .filter(([name]) => name !== 'ok' && name !== 'duplicate')
      .sort(([, a], [, b]) => b - a)
      .map(([name, n]) => `${name} ${count(n)}`)
    table.push([host, month, count(rows), count(dead), `${((100 * dead) / rows).toFixed(1)} %`, reasons.join(', ')])
  }
  const rest = sorted.slice(MOST_LINES)
  const sum = (of: (line: DeadLinks) => number) => count(rest.reduce((total, line) => total + of(line), 0))
  const more = `${rest.length} more lines: ${sum((line) => line.rows)} URLs, ${sum((line) => line.dead)} dead`
  return rest.length > 0 ? `${table}\n${more}` : table.toString()
}
