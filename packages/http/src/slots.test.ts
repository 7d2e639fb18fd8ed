import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Slots } from './slots.ts'

test('however long each works, no more are at work than there are slots, in the order of asking', async () => {
  const jobs = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), jobs, async (count, ticks) => {
      const slots = new Slots(count)
      const begun: number[] = []
      let [now, most] = [0, 0]
      const work = async (job: number) => {
        const release = await slots.take()
        begun.push(job)
        now += 1
        most = Math.max(most, now)
        for (let left = ticks[job] ?? 0; left >= 0; left--) await tick()
        now -= 1
        release()
      }
      await Promise.all(ticks.map((_, job) => work(job)))
      expect(most).toBe(Math.min(count, ticks.length))
      expect(begun).toEqual([...ticks.keys()])
    }),
    { numRuns: 50 },
  )
})

test('a slot given back twice is one slot', async () => {
  const slots = new Slots(1)
  const release = await slots.take()
  release()
  release()
  await slots.take()
  let third = false
  void slots.take().then(() => {
    third = true
  })
  await tick()
  expect(third).toBe(false)
})
