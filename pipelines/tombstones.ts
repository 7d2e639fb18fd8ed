import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PromptRow } from '@promptloom/dataset/row'
import { writeDurably } from '@promptloom/runner/disk'
import { z } from 'zod'
import { appendEvents, eventLogPath, readEvents } from './event-log.ts'

/** What was forgotten, why, and which rows had been made from it at that time. */
export const tombstoneSchema = z.strictObject({
  what: z.enum(['id', 'url', 'source']),
  value: z.string().min(1),
  reason: z.string(),
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  derived: z.array(z.string()),
})

/** What was forgotten. */
export type Tombstone = z.output<typeof tombstoneSchema>

/** What tombstones look at in a row. */
export type Mortal = Pick<PromptRow, 'id' | 'url' | 'source_site' | 'parents'>

/** Everything that a workspace was told to forget; it never comes back. */
export class Tombstones {
  readonly all: readonly Tombstone[]
  /** Lines of the log that are no tombstones; whoever reads them should say so. */
  readonly damaged: number
  /** Ids of forgotten rows, and of those that were made from them. */
  readonly ids: ReadonlySet<string>
  readonly urls: ReadonlySet<string>
  readonly sources: ReadonlySet<string>

  constructor(all: readonly Tombstone[], damaged = 0) {
    const values = (what: Tombstone['what']) => all.filter((one) => one.what === what).map(({ value }) => value)
    this.all = all
    this.damaged = damaged
    this.ids = new Set([...values('id'), ...all.flatMap(({ derived }) => derived)])
    this.urls = new Set(values('url'))
    this.sources = new Set(values('source'))
  }

  static async read(workspace: string): Promise<Tombstones> {
    const { events, damaged } = await readEvents(eventLogPath(workspace, 'tombstones'), tombstoneSchema)
    return new Tombstones(events, damaged)
  }

  get isEmpty(): boolean {
    return this.all.length === 0
  }

  /** Stands for what is forgotten: equal for equal sets, whatever reasons and times say. */
  get digest(): string {
    const sets = [this.ids, this.urls, this.sources].map((set) => [...set].sort())
    return createHash('sha256').update(JSON.stringify(sets)).digest('hex')
  }

  /** Whether a row was forgotten: by its id, address or source, or because it was made from a row that was. */
  hides({ id, url, source_site, parents }: Mortal): boolean {
    if (this.isEmpty) return false
    if (this.ids.has(id) || this.urls.has(url) || this.sources.has(source_site)) return true
    return parents.some((parent) => this.ids.has(parent))
  }

  /** Tombstones from a position in the log on. */
  after(count: number): Tombstones {
    return new Tombstones(this.all.slice(count))
  }
}

/**
 * Adds tombstones to the workspace's log. Needs no lock: what goes on now takes no notice, what begins later does.
 * @throws z.ZodError for one that could not be read again
 */
export async function bury(workspace: string, tombstones: readonly Tombstone[]): Promise<void> {
  const checked = tombstones.map((tombstone) => tombstoneSchema.parse(tombstone))
  await appendEvents(eventLogPath(workspace, 'tombstones'), checked)
}

const carriedOut = z.strictObject({ tombstones: z.int().min(0) })

/** How many tombstones, from the log's beginning, are carried out everywhere: in files, database and caches. */
export async function carriedOutTombstones(workspace: string): Promise<number> {
  try {
    return carriedOut.parse(JSON.parse(await readFile(carriedOutPath(workspace), 'utf8'))).tombstones
  } catch {
    return 0
  }
}

/** Notes that the first `tombstones` of the log are carried out everywhere. Needs the workspace's lock. */
export async function noteCarriedOut(workspace: string, tombstones: number): Promise<void> {
  await writeDurably(carriedOutPath(workspace), `${JSON.stringify({ tombstones })}\n`)
}

/** Tombstones that files, database and caches may not know of yet: what a search must leave out by itself. */
export async function pendingTombstones(workspace: string): Promise<Tombstones> {
  return (await Tombstones.read(workspace)).after(await carriedOutTombstones(workspace))
}

function carriedOutPath(workspace: string): string {
  return join(dirname(eventLogPath(workspace, 'tombstones')), 'carried-out.json')
}
