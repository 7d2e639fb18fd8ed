import type { BackEnd } from '@promptloom/generate/back-end'
import { SketchBackEnd } from '@promptloom/generate/sketch/back-end'
import { OfflineRefiner } from '@promptloom/refine/offline-refiner'
import { UserError } from '@promptloom/runner/errors'
import type { KeepItem, Loop } from './loop.ts'

/** What was asked of the double. */
export interface LoopDouble extends Loop {
  readonly kept: KeepItem[]
  readonly rated: [string, number][]
  readonly forgotten: [string, string][]
}

/** The verbs of the loop without a workspace: one row exists, `row`, and what is kept becomes `row-0`, `row-1`, …. */
export function loopDouble(parts: Partial<Loop> & { readonly painter?: BackEnd } = {}): LoopDouble {
  const kept: KeepItem[] = []
  const rated: [string, number][] = []
  const forgotten: [string, string][] = []
  const known = (id: string) => {
    if (id !== 'row') throw new UserError(`No row has the id "${id}".`)
  }
  return {
    kept,
    rated,
    forgotten,
    refiner: new OfflineRefiner(),
    painter: new SketchBackEnd(),
    retrieve: async () => [{ id: 'near', prompt: 'a fox, oil on canvas, fog', similarity: 0.5 }],
    async keep(items, { tell }) {
      tell('embedding')
      kept.push(...items)
      const rows = items.map((_, at) => ({ id: `row-${at}`, outcome: 'ok' }))
      return { rows, searchable: true, note: 'In the collection.' }
    },
    async rate(id, rating) {
      known(id)
      rated.push([id, rating])
    },
    async forget(id, reason) {
      known(id)
      forgotten.push([id, reason])
      return 'It is gone.'
    },
    async lineage(id) {
      known(id)
      return { id, nodes: [], rating: null }
    },
    ...parts,
  }
}
