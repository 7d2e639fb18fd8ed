import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { appendLines } from '../../event-log.ts'
import type { SourceFile } from './source-files.ts'

const lineSchema = z.tuple([z.string(), z.string()])

/**
 * Which files were taken in already, in which state, kept in `<workspace>/ingest/files.jsonl`: taking a folder in again
 * reads only what is new or changed. Without the file everything is read again, and found to be known.
 */
export class FileMemory {
  readonly #path: string
  readonly #states: Map<string, string>

  private constructor(path: string, states: Map<string, string>) {
    this.#path = path
    this.#states = states
  }

  static async open(workspace: string): Promise<FileMemory> {
    const path = join(workspace, 'ingest', 'files.jsonl')
    await mkdir(dirname(path), { recursive: true })
    const states = new Map<string, string>()
    const lines = createInterface({ input: createReadStream(path, { flags: 'a+', start: 0 }), crlfDelay: Infinity })
    for await (const line of lines) {
      // A line that a crash cut short is a file that is looked at again.
      const parsed = lineSchema.safeParse(jsonOf(line))
      if (parsed.success) states.set(...parsed.data)
    }
    return new FileMemory(path, states)
  }

  /** Whether the file was taken in as it is. */
  has({ path, state }: SourceFile): boolean {
    return this.#states.get(path) === state
  }

  /** Notes files whose rows are safe in the inbox. */
  async add(files: readonly SourceFile[]): Promise<void> {
    await appendLines(
      this.#path,
      files.map(({ path, state }) => JSON.stringify([path, state])),
    )
    for (const { path, state } of files) this.#states.set(path, state)
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
