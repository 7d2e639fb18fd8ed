import { expect, it } from 'vitest'
import { mapInSlices } from './slices.ts'

it('maps in order, and lets other work in between', async () => {
  const items = Array.from({ length: 1700 }, (_, at) => at)
  const seen: number[] = []
  let mapped = 0
  const mapping = mapInSlices(items, (item) => {
    mapped++
    return item * 2
  })
  const watch = setInterval(() => seen.push(mapped), 0)
  const immediate = () => {
    seen.push(mapped)
    if (mapped < items.length) setImmediate(immediate)
  }
  setImmediate(immediate)
  expect(await mapping).toEqual(items.map((item) => item * 2))
  clearInterval(watch)
  expect(seen.some((count) => count > 0 && count < items.length)).toBe(true)
  expect(await mapInSlices([], () => 1)).toEqual([])
})
