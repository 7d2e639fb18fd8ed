import type { BenchmarkOptions } from './options.ts'
import type { Effort, EngineFacts } from './target.ts'

/** One setting to measure. */
export interface Cell {
  readonly k: number
  readonly effort: Effort
  readonly clients: number
  /** Share of rows that the filter lets through; 1: no filter. */
  readonly share: number
}

/** The values that a sweep combines. */
export interface SweepAxes {
  readonly k: readonly number[]
  readonly efforts: readonly number[]
  readonly clients: readonly number[]
  /** Without 1, which is always measured. */
  readonly filters: readonly number[]
  /** Whether filters and clients are crossed with every effort, or measured with the default search alone. */
  readonly crossed: boolean
}

const PRESETS = {
  quick: { k: [10], clients: [1, 4], filters: [0.01] },
  full: { k: [1, 10, 100], clients: [1, 2, 4, 8, 16], filters: [0.1, 0.01, 0.001] },
}

/** Length of the answers that settings are chosen by, and that every other axis is measured at. */
export const BASE_K = 10

/** The values that options and engine mean. */
export function axesOf(
  options: Pick<BenchmarkOptions, 'sweep' | 'k' | 'efforts' | 'clients' | 'filters'>,
  engine: Pick<EngineFacts, 'efforts'>,
): SweepAxes {
  const preset = PRESETS[options.sweep]
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b)
  return {
    crossed: options.sweep === 'full',
    k: ascending(options.k ?? preset.k),
    efforts: ascending(options.efforts ?? engine.efforts[options.sweep]),
    clients: ascending(options.clients ?? preset.clients),
    filters: ascending(options.filters ?? preset.filters).reverse(),
  }
}

/**
 * The cells of a sweep: each axis in turn crossed with every effort (exact and the store's own choice among them), the others held at the base point (k 10 or the
 * nearest, one client, no filter). A full cross product would be hundreds of cells that say nothing more. The quick sweep
 * measures filters and clients with the default search alone.
 */
export function sweepCells(axes: SweepAxes, indexed: boolean): Cell[] {
  const efforts: Effort[] = ['exact', ...(indexed ? axes.efforts : []), 'auto']
  const base = { k: baseK(axes.k), clients: axes.clients[0] ?? 1, share: 1 }
  const others = [
    ...axes.clients.map((clients) => ({ ...base, clients })),
    ...axes.filters.map((share) => ({ ...base, share })),
  ]
  const cells = new Map<string, Cell>()
  const add = (point: Omit<Cell, 'effort'>, some: readonly Effort[]) => {
    for (const effort of some) cells.set(cellName({ ...point, effort }), { ...point, effort })
  }
  for (const k of axes.k) add({ ...base, k }, efforts)
  for (const point of others) add(point, axes.crossed ? efforts : ['auto'])
  return [...cells.values()]
}

/** The measured length of answers that is nearest to 10. */
export function baseK(k: readonly number[]): number {
  return [...k].sort((a, b) => Math.abs(a - BASE_K) - Math.abs(b - BASE_K))[0] ?? BASE_K
}

/** A cell's name, e.g. `k10 ef128 c1 f1`. */
function cellName({ k, effort, clients, share }: Cell): string {
  return `k${k} e${effort} c${clients} f${share}`
}
