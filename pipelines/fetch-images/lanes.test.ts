import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inLanes } from './lanes.ts'

const byLetter = (item: string) => item[0] as string
const rest = () => new Promise((resolve) => setTimeout(resolve, 2))

test('keeps each group’s order and width, and lets the groups go side by side', async () => {
  const items = Array.from({ length: 60 }, (_, n) => `${'abc'[n % 3]}${n}`)
  const running: Record<string, number> = { a: 0, b: 0, c: 0 }
  const begun: string[] = []
  let most = 0
  let together = 0
  await inLanes(items, { groupOf: byLetter, width: 2 }, async (item) => {
    begun.push(item)
    const group = byLetter(item)
    running[group] = (running[group] as number) + 1
    most = Math.max(most, running[group] as number)
    together = Math.max(together, ...[Object.values(running).reduce((sum, one) => sum + one, 0)])
    await rest()
    running[group] = (running[group] as number) - 1
  })
  expect(most).toBe(2)
  expect(together).toBe(6)
  for (const group of 'abc') {
    expect(begun.filter((item) => byLetter(item) === group)).toEqual(items.filter((item) => byLetter(item) === group))
  }
})

test('a group that is stuck holds up nobody else', async () => {
  let free = () => {}
  const stuck = new Promise<void>((resolve) => {
    free = resolve
  })
  const done: string[] = []
  const all = inLanes(['a1', 'a2', 'b1', 'b2', 'b3'], { groupOf: byLetter, width: 1 }, async (item) => {
    if (item === 'a1') await stuck
    done.push(item)
  })
  await rest()
  expect(done).toEqual(['b1', 'b2', 'b3'])
  free()
  await all
  expect(done).toEqual(['b1', 'b2', 'b3', 'a1', 'a2'])
})

test('after an error nothing new is begun, and it is thrown once what runs is done', async () => {
  const done: string[] = []
  const bug = new TypeError('x is not a function')
  const failing = inLanes(['a1', 'a2', 'b1', 'b2', 'b3'], { groupOf: byLetter, width: 1 }, async (item) => {
    if (item === 'a1') throw bug
    await rest()
    done.push(item)
  })
  await expect(failing).rejects.toBe(bug)
  expect(done).toEqual(['b1'])
})

test('of any items each is worked on once, in its group’s order, by no more than the width at a time', async () => {
  const items = fc.array(fc.record({ group: fc.constantFrom('a', 'b', 'c'), ticks: fc.nat(3) }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(items, fc.integer({ min: 1, max: 4 }), async (all, width) => {
      const begun: typeof all = []
      const running = new Map<string, number>()
      await inLanes(all, { groupOf: ({ group }) => group, width }, async (item) => {
        begun.push(item)
        const now = (running.get(item.group) ?? 0) + 1
        running.set(item.group, now)
        expect(now).toBeLessThanOrEqual(width)
        for (let tick = 0; tick < item.ticks; tick++) await new Promise((resolve) => setImmediate(resolve))
        running.set(item.group, (running.get(item.group) ?? 0) - 1)
      })
      for (const group of 'abc') {
        expect(begun.filter((one) => one.group === group)).toEqual(all.filter((one) => one.group === group))
      }
    }),
    { numRuns: 50 },
  )
})
