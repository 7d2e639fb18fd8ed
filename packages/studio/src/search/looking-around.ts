import { batch, signal } from '@preact/signals'
import { browse } from '../api/search.ts'
import type { WallItem } from '../results/wall-item.ts'

const PAGE = 60

/** In which order the collection is looked at. */
export const order = signal<'shuffled' | 'newest'>('shuffled')

/** What has been shown so far. */
export const around = signal<readonly WallItem[]>([])

/** Why no more of it came; null where nothing went wrong. */
export const lookFailure = signal<Error | null>(null)

let seed = Math.floor(Math.random() * 2 ** 32)
let page = 0
let more = true
let asking: symbol | undefined

/** Asks for the next page, unless it is being asked for or there is none; after a failure, for that page again. */
export async function lookFurther(): Promise<void> {
  if (asking || !more) return
  lookFailure.value = null
  const mine = Symbol('look')
  asking = mine
  try {
    const next = await browse({ order: order.value, seed, k: PAGE, page: page + 1 })
    if (asking !== mine) return
    page++
    more = next.more
    // Rows that have come meanwhile move those before them to the next page.
    const known = new Set(around.value.map(({ id }) => id))
    around.value = [...around.value, ...next.rows.filter(({ id }) => !known.has(id))]
  } catch (error) {
    if (asking === mine) lookFailure.value = error as Error
  } finally {
    if (asking === mine) asking = undefined
  }
}

/** Starts over: another shuffle, or the newest. */
export function lookAgain(next: 'shuffled' | 'newest'): void {
  seed = Math.floor(Math.random() * 2 ** 32)
  page = 0
  more = true
  asking = undefined
  batch(() => {
    order.value = next
    lookFailure.value = null
    around.value = []
  })
  void lookFurther()
}

/** Leaves a row out, because it was forgotten. */
export function dropAround(id: string): void {
  around.value = around.value.filter((item) => item.id !== id)
}
