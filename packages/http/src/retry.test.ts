import { expect, test } from 'vitest'
import { pause, retry } from './retry.ts'
import { RetryBudget } from './retry-budget.ts'
import { Slots } from './slots.ts'

const quick = { firstDelay: 1, longestDelay: 2 }

test('tries again until it works, and tells of each failure', async () => {
  const told: [unknown, number][] = []
  const result = await retry(
    async (attempt) => {
      if (attempt < 3) throw new Error(`no ${attempt}`)
      return attempt
    },
    { ...quick, cures: () => true, onRetry: (error, attempt) => told.push([(error as Error).message, attempt]) },
  )
  expect(result).toBe(3)
  expect(told).toEqual([
    ['no 1', 1],
    ['no 2', 2],
  ])
})

test('gives up after its attempts, and at once when nothing cures, with the last error itself', async () => {
  for (const [cures, tries] of [
    [true, 4],
    [false, 1],
  ] as const) {
    let count = 0
    const errors: Error[] = []
    const failing = retry(
      async () => {
        errors.push(new TypeError(`failure ${++count}`))
        throw errors.at(-1)
      },
      { ...quick, attempts: 4, cures: () => cures },
    )
    const thrown = await failing.catch((error: unknown) => error)
    expect(thrown).toBe(errors.at(-1))
    expect(count).toBe(tries)
  }
})

test('waits as long as the other side asks', async () => {
  const begun = performance.now()
  await retry(
    async (attempt) => {
      if (attempt === 1) throw new Error('later')
    },
    { ...quick, cures: () => ({ afterMs: 60 }) },
  )
  expect(performance.now() - begun).toBeGreaterThan(55)
})

test('an abort ends waiting with its reason', async () => {
  const controller = new AbortController()
  const reason = new Error('interrupted')
  const failing = retry(
    async () => {
      queueMicrotask(() => controller.abort(reason))
      throw new Error('no')
    },
    { cures: () => ({ afterMs: 60_000 }), signal: controller.signal },
  )
  await expect(failing).rejects.toBe(reason)
  await expect(pause(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('a budget allows a few retries, then a share of the first tries', () => {
  const budget = new RetryBudget(0.25, 2)
  expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false])
  for (let n = 0; n < 4; n++) budget.earn()
  expect([budget.spend(), budget.spend()]).toEqual([true, false])
})

test('slots are never more than they are, and go to who waited longest', async () => {
  const slots = new Slots(2)
  const first = await slots.take()
  await slots.take()
  const order: number[] = []
  const takeAs = async (number: number) => {
    const release = await slots.take()
    order.push(number)
    return release
  }
  const third = takeAs(3)
  const fourth = takeAs(4)
  first()
  first()
  const release = await third
  expect(order).toEqual([3])
  release()
  await fourth
  expect(order).toEqual([3, 4])
})
