import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'

/** What was forgotten of that which jobs of the studio were shown, and made. */
export interface ForgottenTexts {
  /** Ids of rows. */
  readonly ids: ReadonlySet<string>
  /** Prompts, word for word. */
  readonly prompts: ReadonlySet<string>
}

/** What stands where a forgotten prompt stood. */
export const FORGOTTEN_TEXT = '(forgotten)'

/**
 * Takes the prompts of forgotten rows out of what the studio's jobs have written down: whatever equals one of the
 * prompts, and what is told of a row with one of the ids. A job that is at work now is left alone, because its events
 * are being added to. Needs the workspace's lock.
 */
export async function forgetJobTexts(workspace: string, forgotten: ForgottenTexts): Promise<void> {
  for (const folder of await jobFolders(workspace)) {
    const events = await readFile(join(folder, 'events.jsonl'), 'utf8').catch(() => '')
    if (!hasEnded(events)) continue
    for (const [name, text] of [
      ['job.json', await readFile(join(folder, 'job.json'), 'utf8').catch(() => '')],
      ['events.jsonl', events],
    ] as const) {
      const left = text
        .split('\n')
        .map((line) => withoutForgotten(line, forgotten))
        .join('\n')
      if (left !== text) await writeDurably(join(folder, name), left)
    }
  }
}

/** The folders of the studio's jobs; none where no studio was ever opened. */
export async function jobFolders(workspace: string): Promise<readonly string[]> {
  const jobs = join(workspace, 'studio', 'jobs')
  const entries = await readdir(jobs, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(jobs, name))
}

function hasEnded(events: string): boolean {
  const last = events.trimEnd().split('\n').at(-1) ?? ''
  return parsed(last)?.type === 'end'
}

function withoutForgotten(line: string, forgotten: ForgottenTexts): string {
  const value = parsed(line)
  if (!value) return line
  const left = JSON.stringify(redacted(value, forgotten))
  return left === JSON.stringify(value) ? line : left
}

function redacted(value: unknown, forgotten: ForgottenTexts): unknown {
  if (typeof value === 'string') return forgotten.prompts.has(value) ? FORGOTTEN_TEXT : value
  if (Array.isArray(value)) return value.map((one) => redacted(one, forgotten))
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).map(([key, field]) => [key, redacted(field, forgotten)] as const)
  const left: Record<string, unknown> = Object.fromEntries(fields)
  const isForgotten = typeof left.id === 'string' && forgotten.ids.has(left.id) && 'prompt' in left
  return isForgotten ? { ...left, prompt: FORGOTTEN_TEXT } : left
}

/** A line as an object; undefined for one that a crash cut short. */
function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(line)
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
