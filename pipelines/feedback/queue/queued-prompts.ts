import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { scanCsv } from '@promptloom/dataset/csv-file'
import { bindHeader } from '@promptloom/dataset/csv-header'
import { UserError } from '@promptloom/runner/errors'
import { z } from 'zod'
import { Ratings } from '../../ratings.ts'
import { mostSearched } from '../../search-log.ts'
import { rowsWithIds } from '../../workspace-rows.ts'
import type { QueueOptions } from '../options.ts'

/** A prompt to improve, and the row that has it where it comes from the collection. */
export interface QueuedPrompt {
  readonly prompt: string
  readonly of?: string
}

const line = z.union([z.string(), z.object({ prompt: z.string() }).transform(({ prompt }) => prompt)])

/**
 * The prompts of the queue, each once, in a stable order.
 * @throws UserError for a file that cannot be read, is no text in UTF-8 or is of no known kind; DatasetError for a CSV without `prompt`
 */
export async function queuedPrompts(
  source: QueueOptions['source'],
  workspace: string,
  signal: AbortSignal,
): Promise<readonly QueuedPrompt[]> {
  const found = await promptsOf(source, workspace, signal)
  const byPrompt = new Map<string, QueuedPrompt>()
  for (const one of found) {
    const prompt = one.prompt.trim()
    if (prompt !== '' && !byPrompt.has(prompt)) byPrompt.set(prompt, { ...one, prompt })
  }
  return [...byPrompt.values()]
}

function promptsOf(source: QueueOptions['source'], workspace: string, signal: AbortSignal) {
  if ('file' in source) return promptsOfFile(source.file, signal)
  if ('mostSearched' in source) return mostSearched(workspace, source.mostSearched)
  return ratedUnder(workspace, source.ratedUnder, signal)
}

/** Rows whose rating is under a mark, the worst first; what is made from them may be better. */
async function ratedUnder(workspace: string, mark: number, signal: AbortSignal): Promise<QueuedPrompt[]> {
  const { stars } = await Ratings.read(workspace)
  const low = [...stars].filter(([, rating]) => rating < mark)
  low.sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1))
  signal.throwIfAborted()
  const rows = await rowsWithIds(workspace, new Set(low.map(([id]) => id)))
  return low.flatMap(([id]) => {
    const row = rows.get(id)
    return row ? [{ prompt: row.prompt, of: id }] : []
  })
}

async function promptsOfFile(path: string, signal: AbortSignal): Promise<QueuedPrompt[]> {
  const kind = /\.(txt|csv|jsonl|ndjson)$/i.exec(path)?.[1]?.toLowerCase()
  if (kind === undefined) {
    throw new UserError(
      `The queue's file ${path} is neither .txt, .csv nor .jsonl; give one of these (feedback.queue.source).`,
    )
  }
  try {
    if (kind === 'csv') return await promptsOfCsv(path, signal)
    const lines = text(await readFile(path), path)
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
    return kind === 'txt' ? lines.map((prompt) => ({ prompt })) : promptsOfJson(lines, path)
  } catch (cause) {
    if (typeof (cause as NodeJS.ErrnoException).code !== 'string' || !('errno' in (cause as object))) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new UserError(`The queue's file ${path} can't be read (${code}); check feedback.queue.source.`)
  }
}

/** What is no UTF-8 would be read as other prompts than were meant, and paid for. UTF-16 may pass but for its zeros. */
function text(bytes: Buffer, path: string): string {
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8')
  throw new UserError(`The queue's file ${path} is no text in UTF-8; save it as UTF-8.`)
}

function promptsOfJson(lines: readonly string[], path: string): QueuedPrompt[] {
  return lines.flatMap((text, at) => {
    if (text.trim() === '') return []
    try {
      return [{ prompt: line.parse(JSON.parse(text)) }]
    } catch {
      throw new UserError(`${path}, line ${at + 1} is neither a JSON string nor an object with a "prompt"; mend it.`)
    }
  })
}

async function promptsOfCsv(path: string, signal: AbortSignal): Promise<QueuedPrompt[]> {
  const prompts: QueuedPrompt[] = []
  let field = -1
  await scanCsv(
    path,
    (position) => {
      const { record, source } = position
      if (field < 0) field = bindHeader(position, { prompt: 'prompt' }, path).field.prompt
      // A record with broken quoting has no fields that could be trusted.
      else if (!record.flaw && field < record.fields) prompts.push({ prompt: record.text(source, field) })
    },
    { signal },
  )
  return prompts
}
