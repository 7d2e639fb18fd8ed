import { type ReadonlySignal, signal } from '@preact/signals'
import type { CollectionStatus } from '@promptloom/search/row-view'
import { readStatus } from '../api/search.ts'

const status = signal<CollectionStatus | null>(null)

/** What is served; null until it is known. */
export const collection: ReadonlySignal<CollectionStatus | null> = status

/** Asks what is served, at the start and after rows came or went. */
export async function refreshCollection(): Promise<void> {
  status.value = await readStatus().catch(() => status.peek())
}
