import { batch, signal } from '@preact/signals'
import { browse } from '../api/search.ts'
import { notifyFailure } from '../interface/notice.tsx'
import type { WallItem } from '../results/wall-item.ts'

const PAGE = 60

/** In which order the collection is looked at. */
export const order = signal<'shuffled' | 'newest'>('shuffled')

/** What has been shown so far. */
export const around = signal<readonly WallItem[]>([])

let seed = Math.floor(Math.random() * 2 ** 32)
let page = 0
let more = true
let asking: symbol | undefined

/** Asks for the next page, unless it is being asked for or there is none. */
export async function lookFurther(): Promise<void> {
  if (asking || !more) return
  const mine = Symbol('look')
  asking = mine
  try {
    const next = await browse({ order: order.value, seed, k: PAGE, page: page + 1 })
    if (asking !== mine) return
    page++
    more = next.more
    around.value = [...around.value, ...next.rows]
  } catch (error) {
    more = false
    notifyFailure(error)
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
    around.value = []
  })
  void lookFurther()
}

/** Leaves a row out, because it was forgotten. */
export function dropAround(id: string): void {
  around.value = around.value.filter((item) => item.id !== id)
}
