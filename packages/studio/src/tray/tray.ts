import { computed, type ReadonlySignal } from '@preact/signals'
import { storedSignal } from '../interface/stored-signal.ts'

/** A row picked as inspiration. */
export interface Picked {
  readonly id: string
  readonly prompt: string
  readonly hasPicture: boolean
  readonly width: number
  readonly height: number
}

/** Rows that fit: a refiner reads no more of them. */
export const MOST_PICKED = 24

const picked = storedSignal<readonly Picked[]>('tray', [], (value) => Array.isArray(value) && value.every(isPicked))

/** What was picked, the earliest first; it survives going elsewhere, and a reload. */
export const tray: ReadonlySignal<readonly Picked[]> = picked

/** Ids of what was picked. */
export const pickedIds: ReadonlySignal<ReadonlySet<string>> = computed(() => new Set(picked.value.map(({ id }) => id)))

/** Picks a row, or puts it back. */
export function togglePicked({ id, prompt, hasPicture, width, height }: Picked): void {
  const others = picked.value.filter((other) => other.id !== id)
  const isIn = others.length < picked.value.length
  picked.value = isIn ? others : [...others, { id, prompt, hasPicture, width, height }].slice(-MOST_PICKED)
}

/** Puts a row back. */
export function putBack(id: string): void {
  picked.value = picked.value.filter((other) => other.id !== id)
}

/** Empties the tray. */
export function emptyTray(): void {
  picked.value = []
}

function isPicked(value: unknown): boolean {
  const { id, prompt } = (value ?? {}) as Partial<Picked>
  return typeof id === 'string' && typeof prompt === 'string'
}
