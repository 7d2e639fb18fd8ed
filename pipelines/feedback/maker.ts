import type { BackEnd } from '@promptloom/generate/back-end'
import type { Refiner } from '@promptloom/refine/refiner'
import type { RowMaker } from './inbox-row.ts'

/** Who refines or paints, as it is kept with a row. */
export function makerOf(maker: Pick<Refiner | BackEnd, 'describe'>): RowMaker {
  const described = maker.describe()
  const standIn = 'standIn' in described ? described.standIn : described.kind === 'offline'
  return { kind: described.kind, label: described.label, standIn }
}
