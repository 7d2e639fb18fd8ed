import { notify } from '../interface/notice.tsx'
import { go, place } from '../navigation.ts'
import { benchAddress, benchOf } from './bench.ts'

/** Puts a new improvement on the workbench; what was painted before goes into the history. */
export function putRefine(refine: string): void {
  put(benchAddress({ refine }), 'Your prompt is being improved.')
}

/** Puts a new painting on the workbench, before the others. */
export function putPaint(paint: string): void {
  const { refine, paints } = benchOf(place.value.search)
  put(benchAddress({ refine, paints: [paint, ...paints] }), 'Your pictures are being painted.')
}

/** Nobody who has gone elsewhere meanwhile is dragged back. */
function put(address: string, text: string): void {
  if (place.value.path === '/make') go(address)
  else notify({ text, link: { href: address, label: 'Look' } })
}
