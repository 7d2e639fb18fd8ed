import type { BackEnd } from '@promptloom/generate/back-end'
import type { Neighbour, Refiner } from '@promptloom/refine/refiner'
import type { JobNeighbour, JobPicture, Variant } from '@promptloom/studio/api/job'
import type { Lineage } from '@promptloom/studio/api/lineage'
import type { Maker } from '@promptloom/studio/api/maker'
import { makerOf } from '../feedback/maker.ts'
import type { SearchSession } from '../search-session.ts'

/** A painted picture that becomes a row, with everything that is known of how it came about. */
export interface KeepItem {
  readonly bytes: Uint8Array
  readonly picture: JobPicture
  readonly painter: Maker | null
  /** Rows that inspired it, as the painter's request named them. */
  readonly parents: readonly string[]
  /** The improved prompt that it was painted from. */
  readonly refined?: {
    /** The user's own prompt. */
    readonly asked: string
    readonly variant: Variant
    readonly refiner: Maker | null
    /** What the refiner was shown. */
    readonly neighbours: readonly JobNeighbour[]
  }
}

/** What became of the items, in their order. */
export interface KeepResult {
  readonly rows: readonly { readonly id: string; readonly outcome: string }[]
  /** Whether the rows are in the database; else they wait in the inbox for the next run. */
  readonly searchable: boolean
  /** The same in words, with the reason. */
  readonly note: string
}

/** How a verb is run. */
export interface VerbOptions {
  readonly signal: AbortSignal
  /** Tells what goes on, in words. */
  readonly tell: (state: string) => void
}

/** The verbs of the loop, as the studio calls them: retrieve, improve, paint, keep, rate, forget, look back. */
export interface Loop {
  readonly refiner: Refiner
  readonly painter: BackEnd
  /** Rows near a prompt, and near the picture of the row `like` where one is given; nearest first. */
  retrieve(
    session: SearchSession,
    question: { readonly prompt: string; readonly like?: string | undefined },
    signal: AbortSignal,
  ): Promise<readonly Neighbour[]>
  /** Makes rows of pictures; the same picture twice is one row. */
  keep(items: readonly KeepItem[], options: VerbOptions): Promise<KeepResult>
  rate(id: string, rating: number): Promise<void>
  /** Resolves to what became of it, in a sentence; searches leave the row out before that. */
  forget(id: string, reason: string): Promise<string>
  lineage(id: string): Promise<Lineage>
}

/** What a page is told of who refines and who paints. */
export function makersOf({ refiner, painter }: Loop): { readonly refiner: Maker; readonly painter: Maker } {
  return { refiner: makerOf(refiner), painter: makerOf(painter) }
}
