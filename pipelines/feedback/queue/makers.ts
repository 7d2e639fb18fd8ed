import type { BackEnd } from '@promptloom/generate/back-end'
import type { Neighbour, Refiner } from '@promptloom/refine/refiner'
import type { Json } from '@promptloom/runner/stage'
import type { InboxItem } from '../inbox.ts'
import type { RowMaker } from '../inbox-row.ts'

/** What the queue makes of one prompt: an improved one, with or without a picture. */
export interface QueueResult {
  readonly refined: {
    readonly prompt: string
    readonly asked: string
    readonly reason: string
    readonly refiner: RowMaker
    readonly parents: readonly string[]
    readonly neighbours: readonly { readonly id: string; readonly similarity: number }[]
  }
  readonly picture?: Uint8Array
  readonly painter?: RowMaker
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** Those who work on the queue; opened when there is work, and disposed of when the stage ends. */
export interface QueueMakers extends AsyncDisposable {
  readonly refiner: Refiner
  readonly painter: BackEnd
  /** Prompts of the collection as it was last loaded that are near to one; an error where it cannot be searched. */
  readonly retrieve: (prompt: string, signal: AbortSignal) => Promise<readonly Neighbour[]>
}

/** What the queue takes from outside. */
export interface QueueParts {
  /** What decides the answers: model, instruction, workflow, size. Another recipe does the queue anew. */
  readonly recipe: () => Promise<{ readonly refine: Json; readonly paint: Json }>
  /** @param spent tokens and cost that count against the budget already */
  readonly open: (spent: { readonly tokens: number; readonly cost: number }) => Promise<QueueMakers>
  /** The rows that a result becomes. */
  readonly rowsOf: (result: QueueResult) => readonly InboxItem[]
}
