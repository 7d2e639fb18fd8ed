import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { eventLogPath, readEvents } from './event-log.ts'

const searched = z.object({ prompt: z.string().min(1), at: z.string() })

/** A question in words that somebody asked, and how often. */
export interface SearchedPrompt {
  readonly prompt: string
  readonly times: number
}

/** The part of a question that is logged: its terms. Pictures, filters and who asked are not. */
export interface LoggedQuestion {
  readonly terms?: readonly { readonly text?: string | undefined; readonly weight?: number | undefined }[] | undefined
  readonly page?: number | undefined
}

/**
 * Writes down the words of a question in `<workspace>/events/searches.jsonl`, so that the queue can improve what is
 * asked most. Further pages and questions without words are left out. Searching goes on where it cannot be written,
 * and a power cut may cost the last lines: nothing depends on any single one.
 */
export async function logSearch(workspace: string, question: LoggedQuestion): Promise<void> {
  const wanted = (question.terms ?? []).flatMap(({ text, weight = 1 }) =>
    text?.trim() && weight > 0 ? [text.trim()] : [],
  )
  if (wanted.length === 0 || (question.page ?? 1) > 1) return
  const path = eventLogPath(workspace, 'searches')
  const line = `${JSON.stringify({ prompt: wanted.join(', '), at: new Date().toISOString() })}\n`
  try {
    await mkdir(dirname(path), { recursive: true })
    await appendFile(path, line)
  } catch {
    // A full disk or a folder that is not ours must not keep anybody from searching.
  }
}

/** The questions that were asked most often, the most frequent first; ties by the alphabet. */
export async function mostSearched(workspace: string, count: number): Promise<readonly SearchedPrompt[]> {
  const { events } = await readEvents(eventLogPath(workspace, 'searches'), searched)
  const byKey = new Map<string, { prompt: string; times: number }>()
  for (const { prompt } of events) {
    const key = prompt.toLowerCase().replace(/\s+/g, ' ')
    const known = byKey.get(key)
    if (known) known.times++
    else byKey.set(key, { prompt, times: 1 })
  }
  return [...byKey]
    .sort(([a, { times: one }], [b, { times: other }]) => other - one || (a < b ? -1 : 1))
    .slice(0, count)
    .map(([, found]) => found)
}
