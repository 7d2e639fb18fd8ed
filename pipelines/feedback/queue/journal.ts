import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'
import { z } from 'zod'
import { appendEvents, readEvents } from '../../event-log.ts'
import { digest, rowMaker } from '../inbox-row.ts'

const usage = z.object({ inputTokens: z.number(), outputTokens: z.number(), cost: z.number().nullable() })
const base = { key: z.string(), at: z.string() }

const refined = z.object({
  ...base,
  kind: z.literal('refined'),
  /** `ok`, or why the refiner's answer, paid for all the same, is of no use. */
  outcome: z.string(),
  variants: z.array(z.object({ prompt: z.string(), reason: z.string(), neighbours: z.array(z.string()) })),
  neighbours: z.array(z.object({ id: z.string(), similarity: z.number() })),
  refiner: rowMaker,
  usage: usage.nullable(),
})
const painted = z.object({
  ...base,
  kind: z.literal('painted'),
  /** `ok`, or that the painter refuses this prompt. */
  outcome: z.string(),
  /** SHA-256 of the picture's bytes; empty where there is none. */
  sha256: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  painter: rowMaker,
})
/** That a picture is about to be asked for, and that nothing came of it. */
const asked = z.object({ ...base, kind: z.literal('asked') })
const withdrawn = z.object({ ...base, kind: z.literal('withdrawn') })
const event = z.discriminatedUnion('kind', [refined, painted, asked, withdrawn])

/** What a refiner answered. */
export type RefinedEntry = z.output<typeof refined>
/** What a painter answered. */
export type PaintedEntry = z.output<typeof painted>
/** An answer as it is added. */
export type NewEntry = Omit<RefinedEntry, 'at'> | Omit<PaintedEntry, 'at'>

/**
 * Every answer that the queue was given, flushed to the disk before it is used: `<workspace>/queue/journal.jsonl`, and
 * the pictures beside it until they are in the inbox. What is written here is never asked for, and paid, again; it is
 * no cache, and deleting it costs the answers.
 */
export class QueueJournal {
  readonly #folder: string
  readonly #entries = new Map<string, RefinedEntry | PaintedEntry>()
  /** When pictures were asked for, by key, of which nobody knows what became of them. */
  readonly #unanswered = new Map<string, string[]>()

  private constructor(folder: string, events: readonly z.output<typeof event>[]) {
    this.#folder = folder
    for (const one of events) this.#take(one)
  }

  #take(one: z.output<typeof event>): void {
    const { key, kind, at } = one
    const open = this.#unanswered.get(key) ?? []
    if (kind === 'asked') this.#unanswered.set(key, [...open, at])
    // The answer is that of the last call: one that a kill cut off before it may have been paid all the same.
    else if (kind !== 'refined') this.#unanswered.set(key, open.slice(0, -1))
    if (kind === 'refined' || kind === 'painted') this.#entries.set(key, one)
  }

  static async open(workspace: string): Promise<QueueJournal> {
    const folder = join(workspace, 'queue')
    const { events } = await readEvents(join(folder, 'journal.jsonl'), event)
    return new QueueJournal(folder, events)
  }

  refined(key: string): RefinedEntry | undefined {
    const entry = this.#entries.get(key)
    return entry?.kind === 'refined' ? entry : undefined
  }

  painted(key: string): PaintedEntry | undefined {
    const entry = this.#entries.get(key)
    return entry?.kind === 'painted' ? entry : undefined
  }

  /** Notes that a picture is about to be asked for: where no answer follows, it may have been painted and paid. */
  ask(key: string): Promise<void> {
    return this.#note({ kind: 'asked', key, at: new Date().toISOString() })
  }

  /** Notes that the picture asked for last was not painted. */
  withdraw(key: string): Promise<void> {
    return this.#note({ kind: 'withdrawn', key, at: new Date().toISOString() })
  }

  async #note(one: z.output<typeof asked> | z.output<typeof withdrawn>): Promise<void> {
    await appendEvents(join(this.#folder, 'journal.jsonl'), [one])
    this.#take(one)
  }

  /** Adds an answer, its picture first: an entry never names a picture that is not there. */
  async add<Entry extends NewEntry>(entry: Entry, picture?: Uint8Array): Promise<Entry & { readonly at: string }> {
    if (picture) await this.#save(digest(picture), picture)
    const whole = { ...entry, at: new Date().toISOString() }
    await appendEvents(join(this.#folder, 'journal.jsonl'), [whole])
    this.#take(whole as RefinedEntry | PaintedEntry)
    return whole
  }

  /** A picture that is not in the inbox yet; undefined where it is there, or was lost. */
  async picture(sha256: string): Promise<Buffer | undefined> {
    const bytes = await readFile(join(this.#folder, sha256)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    return bytes && digest(bytes) === sha256 ? bytes : undefined
  }

  /** Deletes a picture: the inbox has it. */
  async delivered(sha256: string): Promise<void> {
    await rm(join(this.#folder, sha256), { force: true })
  }

  /**
   * What was spent since a moment: tokens, cost where it is known, and pictures, those included that a kill cut off
   * between the question and the answer.
   */
  spentSince(moment: Date): { readonly tokens: number; readonly cost: number; readonly pictures: number } {
    const spent = { tokens: 0, cost: 0, pictures: 0 }
    for (const entry of this.#entries.values()) {
      if (new Date(entry.at) < moment) continue
      if (entry.kind === 'painted') spent.pictures += entry.outcome === 'ok' ? 1 : 0
      else if (entry.usage) {
        spent.tokens += entry.usage.inputTokens + entry.usage.outputTokens
        spent.cost += entry.usage.cost ?? 0
      }
    }
    for (const at of [...this.#unanswered.values()].flat()) if (new Date(at) >= moment) spent.pictures++
    return spent
  }

  async #save(sha256: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await writeDurably(join(this.#folder, sha256), bytes)
  }
}
