import { expect, test } from 'vitest'
import { timed } from './timing.ts'

test('hands on the result, and counts waiting by the clock alone', async () => {
  const began = performance.now()
  const { result, seconds, processorSeconds } = await timed(async () => {
    await new Promise((resolve) => setTimeout(resolve, 60))
    return 'done'
  })
  expect(result).toBe('done')
  expect(seconds).toBeGreaterThan(0.055)
  expect(seconds).toBeLessThanOrEqual((performance.now() - began) / 1000)
  expect(processorSeconds).toBeGreaterThanOrEqual(0)
})

test('counts work by the processors', async () => {
  const spun = 50_000
  const { processorSeconds } = await timed(async () => {
    const { user } = process.cpuUsage()
    while (process.cpuUsage().user - user < spun);
  })
  expect(processorSeconds * 1e6).toBeGreaterThanOrEqual(spun)
})

test('passes on what the work throws', async () => {
  await expect(timed(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
})
