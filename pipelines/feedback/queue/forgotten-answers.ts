import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'

/** What was forgotten of that which the queue made. */
export interface ForgottenAnswers {
  /** Improved prompts, word for word. */
  readonly prompts: ReadonlySet<string>
  /** SHA-256 of pictures, lower-case hex. */
  readonly pictures: ReadonlySet<string>
}

type Entry = Record<string, unknown>

/**
 * Takes forgotten prompts and pictures out of the queue's journal. The entries stay, so that nothing is asked for and
 * paid again; what they said goes. Needs the workspace's lock.
 */
export async function forgetAnswers(workspace: string, { prompts, pictures }: ForgottenAnswers): Promise<void> {
  const folder = join(workspace, 'queue')
  const path = join(folder, 'journal.jsonl')
  const text = await readFile(path, 'utf8').catch(() => '')
  const kept = text
    .split('\n')
    .map((line) => withoutForgotten(line, { prompts, pictures }))
    .join('\n')
  if (kept !== text) await writeDurably(path, kept)
  for (const sha256 of pictures) await rm(join(folder, sha256), { force: true })
}

function withoutForgotten(line: string, { prompts, pictures }: ForgottenAnswers): string {
  const entry = entryOf(line)
  if (!entry) return line
  if (typeof entry.sha256 === 'string' && pictures.has(entry.sha256))
    return JSON.stringify({ ...entry, parameters: {} })
  if (!Array.isArray(entry.variants)) return line
  const variants = entry.variants.filter((one: Entry) => typeof one.prompt !== 'string' || !prompts.has(one.prompt))
  return variants.length === entry.variants.length ? line : JSON.stringify({ ...entry, variants })
}

function entryOf(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry
  } catch {
    // A line that a crash cut short is nobody's answer, and stays as it is.
    return undefined
  }
}
