import { go, place } from '../navigation.ts'
import { benchAddress, benchOf } from './bench.ts'

/** Puts a new improvement on the workbench; what was painted before goes into the history. */
export function putRefine(refine: string): void {
  go(benchAddress({ refine }))
}

/** Puts a new painting on the workbench, before the others. */
export function putPaint(paint: string): void {
  const { refine, paints } = benchOf(place.value.search)
  go(benchAddress({ refine, paints: [paint, ...paints] }))
}
