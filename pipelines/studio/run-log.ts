import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerEvent } from '@promptloom/search/server/route'

/** One line of `run.log`: an event of a run, with its time; what else it holds depends on its type. */
export interface LogLine {
  readonly time: string
  readonly run: string
  /** The type of the event, as the runner names it, e.g. `stage-start`; any other text is a message. */
  readonly msg: string
  readonly [field: string]: unknown
}

/** A line with the place in the file where the next one begins. */
export interface PlacedLine {
  readonly line: LogLine
  readonly end: number
}

/** Bytes that are read at a time. */
const CHUNK = 1 << 20
/** Bytes that say what goes on just now. */
const TAIL = 64 << 10
/** How far back the beginning of the last run is looked for. */
const LOOK_BACK = 8 << 20

/** The log of a workspace's runs, read while another process may be writing it. */
export class RunLog {
  readonly #path: string

  constructor(workspace: string) {
    this.#path = join(workspace, 'run.log')
  }

  /** Bytes of the log; 0 where nothing ever ran. */
  async size(): Promise<number> {
    const file = await open(this.#path, 'r').catch(() => undefined)
    if (!file) return 0
    try {
      return (await file.stat()).size
    } finally {
      await file.close()
    }
  }

  /** The whole lines from a place in the file on, at most a megabyte of them; lines that are no JSON are left out. */
  async read(from: number): Promise<{ lines: PlacedLine[]; end: number }> {
    const file = await open(this.#path, 'r').catch(() => undefined)
    if (!file) return { lines: [], end: 0 }
    try {
      const { size } = await file.stat()
      // A shorter file is another one: somebody has put the old log away.
      const start = from > size ? 0 : from
      const buffer = Buffer.alloc(Math.min(CHUNK, size - start))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
      return linesOf(buffer.subarray(0, bytesRead), start)
    } finally {
      await file.close()
    }
  }

  /** The last lines, at most 64 KiB of them. */
  async tail(): Promise<readonly LogLine[]> {
    const { lines } = await this.read(Math.max(0, (await this.size()) - TAIL))
    return lines.map(({ line }) => line)
  }

  /** All lines of the last run, as far as they lie within the last 8 MiB. */
  async lastRun(): Promise<{ lines: PlacedLine[]; end: number }> {
    let at = Math.max(0, (await this.size()) - LOOK_BACK)
    let lines: PlacedLine[] = []
    for (;;) {
      const { lines: more, end } = await this.read(at)
      for (const placed of more) {
        if (placed.line.msg === 'run-start') lines = []
        lines.push(placed)
      }
      if (end === at) return { lines, end }
      at = end
    }
  }

  /**
   * The events of the last run from its beginning, or after the event with the id `last`, and then whatever is
   * written, for as long as somebody listens. An event's id is the place in the file behind it.
   */
  async *follow(options: { last?: number; signal: AbortSignal; pollMs?: number }): AsyncGenerator<ServerEvent> {
    const { last, signal, pollMs = 500 } = options
    const known = last !== undefined && last <= (await this.size())
    const first = known ? { lines: [], end: last } : await this.lastRun()
    for (const placed of first.lines) yield eventOf(placed)
    let at = first.end
    while (!signal.aborted) {
      const { lines, end } = await this.read(at)
      for (const placed of lines) yield eventOf(placed)
      if (end === at) await pause(pollMs, signal)
      at = end
    }
  }
}

function eventOf({ line, end }: PlacedLine): ServerEvent {
  return { event: 'line', id: String(end), data: line }
}

function linesOf(bytes: Buffer, start: number): { lines: PlacedLine[]; end: number } {
  const lines: PlacedLine[] = []
  let at = 0
  for (;;) {
    const next = bytes.indexOf(0x0a, at)
    if (next < 0) break
    const line = parsed(bytes.toString('utf8', at, next))
    at = next + 1
    if (line) lines.push({ line, end: start + at })
  }
  // A line longer than all that was read would stop the reader for ever.
  if (at === 0 && bytes.length === CHUNK) at = CHUNK
  return { lines, end: start + at }
}

function parsed(text: string): LogLine | undefined {
  try {
    const { pid: _, hostname: __, ...line } = JSON.parse(text)
    return typeof line.msg === 'string' && typeof line.time === 'string' ? line : undefined
  } catch {
    return undefined
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end, { once: true })
  })
}
