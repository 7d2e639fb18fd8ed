import type { RunEvent } from '@promptloom/runner/progress'
import { describe, expect, it } from 'vitest'
import { Tally } from './tally.ts'

const stage = 'embed'
const start: RunEvent = { type: 'stage-start', stage }
const plan = (todo: number, rows: number, skipped = 0): RunEvent => ({ type: 'stage-plan', stage, todo, rows, skipped })
const progress = (shard: string, rows: number): RunEvent => ({ type: 'shard-progress', stage, shard, rows })
const done = (shard: string, rows: number): RunEvent => ({
  ...{ type: 'shard-done', stage, shard, rows, outcomes: { ok: rows }, seconds: 1 },
})
const failed = (shard: string): RunEvent => ({ type: 'shard-failed', stage, shard, error: 'no space' })

/** A tally of events that all came at the given second. */
function tally(...timed: readonly (readonly [number, ...RunEvent[]])[]): Tally {
  const counts = new Tally()
  for (const [second, ...events] of timed) for (const event of events) counts.add(event, second * 1000)
  return counts
}

describe('the rows done', () => {
  it('count a shard in work once, however often it reports, and not twice when it is done', () => {
    const counts = tally([0, start, plan(2, 200), progress('a', 10), progress('b', 5), progress('a', 60)])
    expect(counts.rowsDone).toBe(65)
    counts.add(done('a', 100))
    expect(counts.rowsDone).toBe(105)
  })

  it('take back the rows of a shard that failed: nothing of it was committed', () => {
    const counts = tally([0, start, plan(2, 200), progress('a', 90), progress('b', 5), failed('a')])
    expect([counts.rowsDone, counts.failed, counts.done]).toEqual([5, 1, 0])
  })

  it('are never more than there are to do, whatever a stage reports', () => {
    const counts = tally([0, start, plan(1, 100), progress('a', 1_000_000)])
    expect(counts.rowsDone).toBe(100)
    expect(counts.secondsLeft(5000)).toBe(0)
  })
})

describe('a stage that learns of more work', () => {
  it('adds it to what it knew', () => {
    const counts = tally([0, start, plan(1, 0), done('scan', 0), plan(3, 300, 2)])
    expect([counts.todo, counts.rows, counts.skipped, counts.done]).toEqual([4, 300, 2, 1])
  })
})

describe('the next stage', () => {
  it('starts from nothing, also after a stage with failures and half-done shards', () => {
    const counts = tally([0, start, plan(2, 200, 3), done('a', 100), progress('b', 50), failed('b'), progress('c', 9)])
    counts.add({ type: 'stage-start', stage: 'load' }, 10_000)
    const { todo, done: finished, failed: lost, skipped, rows, rowsDone } = counts
    expect([counts.stage, todo, finished, lost, skipped, rows, rowsDone]).toEqual(['load', 0, 0, 0, 0, 0, 0])
    counts.add(plan(1, 100), 10_000)
    counts.add(progress('a', 20), 12_000)
    expect(counts.rate(12_000)).toBe(10)
  })
})

describe('the estimate', () => {
  it('follows the rate since the stage began', () => {
    const counts = tally([10, start, plan(4, 400)], [20, done('a', 100)])
    expect([counts.rate(20_000), counts.secondsLeft(20_000)]).toEqual([10, 30])
    expect([counts.rate(30_000), counts.secondsLeft(30_000)]).toEqual([5, 60])
  })

  it('is no number that would frighten anybody before the clock has moved', () => {
    const counts = tally([1, start, plan(1, 100), progress('a', 10)])
    expect(counts.rate(1000)).toBe(0)
    expect(counts.secondsLeft(1000)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is nothing for a stage without rows', () => {
    const counts = tally([0, start, plan(0, 0, 7)])
    expect([counts.rowsDone, counts.rate(1000)]).toEqual([0, 0])
  })
})
