import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'
import { z } from 'zod'
import { appendEvents, readEvents } from '../../event-log.ts'
import { digest, rowMaker } from '../inbox-row.ts'

const usage = z.object({
  /** Answers that it adds up. */
  calls: z.number().default(1),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cost: z.number().nullable(),
})
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
/** That a picture, or a call of the refiner (with what it uses at most), is about to be asked for. */
const asked = z.object({
  ...base,
  kind: z.literal('asked'),
  worst: z.object({ tokens: z.number(), cost: z.number().nullable() }).optional(),
})
/** That what was asked for last was turned down, or never arrived. */
const withdrawn = z.object({ ...base, kind: z.literal('withdrawn') })
const event = z.discriminatedUnion('kind', [refined, painted, asked, withdrawn])

/** What a refiner answered. */
export type RefinedEntry = z.output<typeof refined>
/** What a painter answered. */
export type PaintedEntry = z.output<typeof painted>
/** An answer as it is added. */
export type NewEntry = Omit<z.input<typeof refined>, 'at'> | Omit<PaintedEntry, 'at'>

/** Answers count against the budget for so long: a run that is resumed goes on with what is left of the night's. */
const NIGHT_MS = 12 * 3_600_000

/** The moment since which answers count against the budget: twelve hours before another one. */
export function nightBefore(moment: Date): Date {
  return new Date(moment.getTime() - NIGHT_MS)
}

/** Calls of which nobody knows what became: on their way now, or cut off by a kill, an abort or a time limit. */
export interface Unanswered {
  readonly refiner: number
  readonly painter: number
}

/**
 * Every answer that the queue was given, flushed to the disk before it is used: `<workspace>/queue/journal.jsonl`, and
 * the pictures beside it until they are in the inbox. What is written here is never asked for, and paid, again; it is
 * no cache, and deleting it costs the answers.
 */
export class QueueJournal {
  readonly #folder: string
  readonly #entries = new Map<string, RefinedEntry | PaintedEntry>()
  /** What was asked for, by key, of which nobody knows what became of it. */
  readonly #unanswered = new Map<string, z.output<typeof asked>[]>()

  private constructor(folder: string, events: readonly z.output<typeof event>[]) {
    this.#folder = folder
    for (const one of events) this.#take(one)
  }

  #take(one: z.output<typeof event>): void {
    const { kind } = one
    // An answer that is paid for and asked for again is kept under the key and its time.
    const [key = ''] = one.key.split(' ')
    const open = this.#unanswered.get(key) ?? []
    if (kind === 'asked') open.push(one)
    // The answer is that of the last calls: one that a kill cut off before them may have been paid all the same.
    else open.splice(-(kind === 'refined' ? (one.usage?.calls ?? 1) : 1))
    if (open.length > 0) this.#unanswered.set(key, open)
    else this.#unanswered.delete(key)
    if (kind === 'refined' || kind === 'painted') this.#entries.set(one.key, one)
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

  /**
   * Notes that something is about to be asked for: where no answer follows, it may have been made and paid.
   * @param worst what a call of the refiner uses at most; absent for a picture
   */
  ask(key: string, worst?: { readonly tokens: number; readonly cost: number | null }): Promise<void> {
    return this.#note({ kind: 'asked', key, at: new Date().toISOString(), ...(worst ? { worst } : {}) })
  }

  /** Notes that nothing came of what was asked for last under a key, and that it cost nothing. */
  withdraw(key: string): Promise<void> {
    return this.#note({ kind: 'withdrawn', key, at: new Date().toISOString() })
  }

  async #note(one: z.output<typeof asked> | z.output<typeof withdrawn>): Promise<void> {
    await appendEvents(join(this.#folder, 'journal.jsonl'), [one])
    this.#take(one)
  }

  /** Adds an answer, its picture first: an entry never names a picture that is not there. */
  async add(entry: Omit<PaintedEntry, 'at'>, picture?: Uint8Array): Promise<PaintedEntry>
  async add(entry: Omit<z.input<typeof refined>, 'at'>): Promise<RefinedEntry>
  async add(entry: NewEntry, picture?: Uint8Array): Promise<PaintedEntry | RefinedEntry> {
    if (picture) await this.#save(digest(picture), picture)
    const answer = z.discriminatedUnion('kind', [refined, painted])
    const whole = answer.parse({ ...entry, at: new Date().toISOString() })
    await appendEvents(join(this.#folder, 'journal.jsonl'), [whole])
    this.#take(whole)
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
   * What was spent since a moment: tokens, cost where it is known, and pictures. What was asked for and not answered
   * counts as if it had been: a picture as one, a call of the refiner at its worst.
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
    for (const { worst } of this.#unansweredSince(moment)) {
      if (!worst) spent.pictures++
      spent.tokens += worst?.tokens ?? 0
      spent.cost += worst?.cost ?? 0
    }
    return spent
  }

  /** How many calls since a moment have no answer. */
  unansweredSince(moment: Date): Unanswered {
    const open = this.#unansweredSince(moment)
    const refiner = open.filter(({ worst }) => worst !== undefined).length
    return { refiner, painter: open.length - refiner }
  }

  #unansweredSince(moment: Date): z.output<typeof asked>[] {
    return [...this.#unanswered.values()].flat().filter(({ at }) => new Date(at) >= moment)
  }

  async #save(sha256: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await writeDurably(join(this.#folder, sha256), bytes)
  }
}
