import { join } from 'node:path'
import { appendLines } from '../../event-log.ts'
import { type InboxItem, listBatches, NewBatch, readBatch } from '../../feedback/inbox.ts'
import { Tombstones } from '../../tombstones.ts'
import { FileMemory } from './file-memory.ts'
import type { SourceFile } from './source-files.ts'
import { INTAKE_OUTCOMES, type IntakeOutcome, type Verdict } from './verdict.ts'

/** Rows, and bytes of pictures, that are put into the inbox together. */
const BATCH = { rows: 1_000, bytes: 256 << 20 }

/** How everything that was looked at has ended. */
export type IntakeLedger = Readonly<Record<IntakeOutcome, number>>

/** What was taken in before. */
export interface Known {
  readonly memory: FileMemory
  /** Ids of rows that are in the inbox, or were forgotten there. */
  readonly ids: Set<string>
}

/** Reads what was taken in before: files, and rows of the inbox. */
export async function openKnown(workspace: string): Promise<Known> {
  const ids = new Set<string>()
  for (const { name } of await listBatches(workspace)) {
    for (const line of await readBatch(workspace, name)) ids.add('id' in line ? line.id : line.forgotten)
  }
  return { memory: await FileMemory.open(workspace), ids }
}

/** Where in a file something was found. */
export interface Place {
  readonly path: string
  /** Line or row, from 1; undefined for a picture. */
  readonly line?: number
}

/** Puts what is new into the inbox, in batches, and accounts for everything. */
export class Intake {
  readonly ledger: Record<IntakeOutcome, number>
  /** Where rejects are written, as JSON lines; the file is there once there are any. */
  readonly rejects: string
  readonly #workspace: string
  readonly #memory: FileMemory
  readonly #ids: Set<string>
  readonly #tombstones: Tombstones
  #batch: NewBatch | undefined
  #bytes = 0
  #files: SourceFile[] = []
  #rejected: string[] = []

  private constructor(workspace: string, memory: FileMemory, known: { ids: Set<string>; tombstones: Tombstones }) {
    this.#workspace = workspace
    this.#memory = memory
    this.#ids = known.ids
    this.#tombstones = known.tombstones
    const names = Object.keys(INTAKE_OUTCOMES) as IntakeOutcome[]
    this.ledger = Object.fromEntries(names.map((name) => [name, 0])) as Record<IntakeOutcome, number>
    const now = new Date().toISOString().replace(/[-:.Z]/g, '')
    this.rejects = join(workspace, 'ingest', `${now}.rejects.jsonl`)
  }

  /** Begins a new account; what is known goes on to be known. */
  static async open(workspace: string, { memory, ids }: Known): Promise<Intake> {
    return new Intake(workspace, memory, { ids, tombstones: await Tombstones.read(workspace) })
  }

  /** Takes the verdict on one picture, line or row. */
  async take(verdict: Verdict, place: Place): Promise<void> {
    if ('items' in verdict) {
      this.ledger[await this.#put(verdict.items)]++
      return
    }
    const { outcome, reason } = verdict
    this.ledger[outcome]++
    // An improved prompt that is the user's own is no fault of anybody's.
    if (outcome !== 'unchanged') this.#rejected.push(JSON.stringify({ ...place, outcome, reason }))
  }

  /** A file has been gone through; it is noted once its rows are safe. */
  done(file: SourceFile): void {
    this.#files.push(file)
  }

  /** Makes everything so far part of the inbox, and notes the files that are done; a long one may go on. */
  async commit(): Promise<void> {
    const batch = this.#batch
    this.#batch = undefined
    this.#bytes = 0
    await batch?.commit()
    await appendLines(this.rejects, this.#rejected)
    await this.#memory.add(this.#files)
    this.#rejected = []
    this.#files = []
  }

  /** Drops what was not committed; its files are looked at again the next time. */
  async discard(): Promise<void> {
    await this.#batch?.discard()
    this.#batch = undefined
  }

  async #put(items: readonly InboxItem[]): Promise<IntakeOutcome> {
    if (items.some(({ row }) => this.#hides(row))) return 'forgotten'
    const own = items.at(-1)?.row.id
    const outcome = own !== undefined && this.#ids.has(own) ? 'known' : 'new'
    for (const item of items) {
      if (this.#ids.has(item.row.id)) continue
      this.#batch ??= await NewBatch.begin(this.#workspace)
      await this.#batch.add(item)
      this.#ids.add(item.row.id)
      this.#bytes += item.picture?.byteLength ?? 0
    }
    if (this.#batch && (this.#batch.rows >= BATCH.rows || this.#bytes >= BATCH.bytes)) await this.commit()
    return outcome
  }

  #hides({ id, url = '', source_site = '', parents = [] }: InboxItem['row']): boolean {
    return this.#tombstones.hides({ id, url, source_site, parents })
  }
}
