import { z } from 'zod'
import { appendEvents, eventLogPath, readEvents } from './event-log.ts'

const id = z.string().min(1).max(500)
const at = z.iso.datetime()

/** What a user thinks of a row: said outright, or shown by keeping or discarding it. */
export const ratingEventSchema = z.union([
  z.strictObject({ id, kind: z.literal('rated'), rating: z.int().min(1).max(5), at }),
  z.strictObject({ id, kind: z.enum(['kept', 'discarded']), at }),
])

/** What a user thinks of a row. */
export type RatingEvent = z.output<typeof ratingEventSchema>
/** What a user thinks of a row, as it is said: the time is added. */
export type Opinion =
  | { readonly id: string; readonly kind: 'rated'; readonly rating: number }
  | { readonly id: string; readonly kind: 'kept' | 'discarded' }

/** What keeping and discarding count where a row has no rating, on the scale of ratings. */
const IMPLIED = { kept: 4, discarded: 2 } as const
const MIDDLE = 3

/** What is thought of the rows of a workspace. The latest word on a row counts. */
export class Ratings {
  /** Ratings that were said outright, 1 to 5, by row id. */
  readonly stars: ReadonlyMap<string, number>
  /** Choices by row id. */
  readonly choices: ReadonlyMap<string, 'kept' | 'discarded'>
  /** Lines of the log that can't be read; whoever reads them should say so. */
  readonly damaged: number

  constructor(events: readonly RatingEvent[], damaged = 0) {
    const stars = new Map<string, number>()
    const choices = new Map<string, 'kept' | 'discarded'>()
    for (const event of events) {
      if (event.kind === 'rated') stars.set(event.id, event.rating)
      else choices.set(event.id, event.kind)
    }
    this.stars = stars
    this.choices = choices
    this.damaged = damaged
  }

  static async read(workspace: string): Promise<Ratings> {
    const { events, damaged } = await readEvents(eventLogPath(workspace, 'ratings'), ratingEventSchema)
    return new Ratings(events, damaged)
  }

  /** A row's rating, 1 to 5; undefined where nobody has rated it. */
  of(id: string): number | undefined {
    return this.stars.get(id)
  }

  /** Ids of rows that are rated at least so. */
  atLeast(rating: number): string[] {
    return [...this.stars].filter(([, stars]) => stars >= rating).map(([id]) => id)
  }

  /** Every row with a rating or a choice, -1 (worst) to 1 (best): 3 stars are 0, kept is 0.5, discarded is -0.5. */
  preferences(): Map<string, number> {
    const all = new Map<string, number>()
    for (const [id, choice] of this.choices) all.set(id, IMPLIED[choice])
    for (const [id, stars] of this.stars) all.set(id, stars)
    return new Map([...all].map(([id, stars]) => [id, (stars - MIDDLE) / 2]))
  }
}

/**
 * Records what a user thinks of rows. Needs no lock, also while a run goes on.
 * @throws z.ZodError for a rating that is no whole number from 1 to 5
 */
export async function recordOpinions(workspace: string, opinions: readonly Opinion[]): Promise<void> {
  const at = new Date().toISOString()
  const events = opinions.map((opinion) => ratingEventSchema.parse({ ...opinion, at }))
  await appendEvents(eventLogPath(workspace, 'ratings'), events)
}
