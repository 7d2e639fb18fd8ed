import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { z } from 'zod'

/** What a log of events holds, in the order in which it was said. */
export interface EventLog<Event> {
  readonly events: readonly Event[]
  /** Lines that are no such event: one that a crash cut short, or that somebody else wrote. They are passed over. */
  readonly damaged: number
}

/** A log of what users said of rows: `<workspace>/events/<name>.jsonl`, one JSON object a line, only ever added to. */
export function eventLogPath(workspace: string, name: 'ratings' | 'tombstones' | 'searches'): string {
  return join(workspace, 'events', `${name}.jsonl`)
}

/**
 * Adds events to a log and flushes them to the disk. Needs no lock: several processes may add at the same time. Events
 * given together are written together.
 */
export function appendEvents(path: string, events: readonly object[]): Promise<void> {
  return appendLines(
    path,
    events.map((event) => JSON.stringify(event)),
  )
}

/** Adds lines to a file that is only ever added to, as `appendEvents` does. */
export async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a+')
  try {
    const { size } = await file.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await file.read(last, 0, 1, size - 1)
    // A line that a crash cut short must not swallow the first of ours.
    const begin = size > 0 && last[0] !== 0x0a ? '\n' : ''
    await file.appendFile(begin + lines.map((line) => `${line}\n`).join(''))
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Reads a log; a log that is not there is empty. */
export async function readEvents<Event>(path: string, schema: z.ZodType<Event>): Promise<EventLog<Event>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })
  const events: Event[] = []
  let damaged = 0
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const event = parsed(line, schema)
    if (event === undefined) damaged++
    else events.push(event)
  }
  return { events, damaged }
}

function parsed<Event>(line: string, schema: z.ZodType<Event>): Event | undefined {
  try {
    const result = schema.safeParse(JSON.parse(line))
    return result.success ? result.data : undefined
  } catch {
    return undefined
  }
}
