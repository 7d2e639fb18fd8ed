import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteBudget } from './byte-budget.ts'

const settled = async (promise: Promise<unknown>) => {
  let done = false
  void promise.then(() => (done = true))
  await tick()
  return done
}

describe('a budget of bytes', () => {
  test('whatever is wanted, kept and given back, is never exceeded, and all are served in the order of asking', async () => {
    const job = fc.record({
      bytes: fc.integer({ min: 0, max: 150 }),
      ticks: fc.integer({ min: 0, max: 2 }),
      kept: fc.double({ min: 0, max: 2, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.array(job, { maxLength: 12 }), async (total, jobs) => {
        const budget = new ByteBudget(total)
        const begun: number[] = []
        let [now, most] = [0, 0]
        const change = (bytes: number) => {
          now += bytes
          most = Math.max(most, now)
          expect(budget.held).toBeLessThanOrEqual(total)
        }
        const work = async ({ bytes, ticks, kept }: (typeof jobs)[number], at: number) => {
          const share = await budget.take(bytes)
          begun.push(at)
          const taken = Math.min(bytes, total)
          change(taken)
          for (let left = ticks; left >= 0; left--) await tick()
          const rest = Math.min(taken, Math.floor(kept * taken))
          change(rest - taken)
          share.keep(Math.floor(kept * taken))
          await tick()
          change(-rest)
          share.keep(0)
        }
        await Promise.all(jobs.map(work))
        expect(most).toBeLessThanOrEqual(total)
        expect(begun).toEqual([...jobs.keys()])
        expect([budget.held, budget.waiting]).toEqual([0, 0])
      }),
      { numRuns: 60 },
    )
  })

  test('a small one does not overtake a large one, which has to wait until all others are done', async () => {
    const budget = new ByteBudget(100)
    const first = await budget.take(60)
    const large = budget.take(1000)
    const small = budget.take(1)
    expect([await settled(large), await settled(small), budget.waiting]).toEqual([false, false, 2])
    first.keep(0)
    expect([await settled(large), await settled(small), budget.held]).toEqual([true, false, 100])
    ;(await large).keep(10)
    expect([await settled(small), budget.held]).toEqual([true, 11])
  })

  test('what is given back twice is given back once, and nobody keeps more than he has', async () => {
    const budget = new ByteBudget(100)
    const [share] = [await budget.take(40), await budget.take(40)]
    share.keep(50)
    share.keep(10)
    share.keep(30)
    expect(budget.held).toBe(50)
    share.keep(0)
    share.keep(0)
    expect(budget.held).toBe(40)
  })

  test('is calm as long as nobody waits', async () => {
    const budget = new ByteBudget(100)
    await budget.calm()
    const share = await budget.take(100)
    await budget.calm()
    const waits = budget.take(1)
    const calm = [budget.calm(), budget.calm()]
    expect(await Promise.all(calm.map(settled))).toEqual([false, false])
    share.keep(99)
    expect(await Promise.all([waits, ...calm].map(settled))).toEqual([true, true, true])
  })

  test('turns everybody away once it is closed', async () => {
    const budget = new ByteBudget(1)
    const share = await budget.take(1)
    const waiting = Promise.allSettled([budget.take(1), budget.calm()])
    const reason = new Error('interrupted')
    budget.close(reason)
    budget.close(new Error('again'))
    const late = await Promise.allSettled([budget.take(0), budget.calm()])
    for (const one of [...(await waiting), ...late]) expect(one).toEqual({ status: 'rejected', reason })
    share.keep(0)
    expect(budget.held).toBe(0)
  })
})
