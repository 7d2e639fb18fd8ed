import { expect, test } from 'vitest'
import { observeMemory } from './peak-memory.ts'

test('sees what work holds at its end, and hands on its result', async () => {
  const before = process.memoryUsage.rss()
  const { result, peakBytes } = await observeMemory(async () => Buffer.alloc(96 * 2 ** 20, 1))
  expect(result).toHaveLength(96 * 2 ** 20)
  expect(peakBytes).toBeGreaterThan(before + 64 * 2 ** 20)
  expect(peakBytes).toBeLessThanOrEqual(process.resourceUsage().maxRSS * 1024)
})

test('looks while the work goes on, so that what is given back before the end counts', async () => {
  const looks: number[] = []
  const { rss } = process.memoryUsage
  process.memoryUsage.rss = () => looks.push(looks.length)
  try {
    const until = (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => (looks.length >= count ? resolve() : setImmediate(look))
        look()
      })
    expect((await observeMemory(() => until(3))).peakBytes).toBe(4)
  } finally {
    process.memoryUsage.rss = rss
  }
})

test('work that fails fails, and is watched no longer', async () => {
  const before = process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length
  await expect(observeMemory(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length).toBeLessThanOrEqual(before)
})
