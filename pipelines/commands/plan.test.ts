import type { StagePlan } from '@promptloom/runner/planning'
import { describe, expect, test } from 'vitest'
import { planText } from './plan.ts'

const shard = (index: number, more: object = {}) => ({
  shard: String(index).padStart(5, '0'),
  rows: 10_000,
  reason: 'it was never done',
  ...more,
})
const plan = (more: Partial<StagePlan> = {}): StagePlan =>
  ({ stage: 'embed', run: [], skip: 0, remove: [], open: false, ...more }) as StagePlan

describe('a stage’s plan in words', () => {
  test.each<[Partial<StagePlan>, string, string]>([
    [{}, 'embed: 0 to run, 0 up to date', 'nothing to do'],
    [{ skip: 1234 }, 'embed: 0 to run, 1,234 up to date', 'thousands are grouped'],
    [{ remove: ['00009'] }, 'embed: 0 to run, 0 up to date, 1 to remove', 'what no longer exists'],
    [
      { open: true },
      'embed: 0 to run, 0 up to date, more may follow from what runs before',
      'what cannot be known yet',
    ],
  ] as [Partial<StagePlan>, string, string][])('%o begins %j: %s', (more, first) => {
    expect(planText(plan(more)).split('\n')[0]).toBe(first)
  })

  test('names each shard with its rows and the reason', () => {
    const text = planText(plan({ run: [shard(3, { reason: 'option batch changed' })] as StagePlan['run'] }))
    expect(text.split('\n')[1]).toBe('  00003 (10,000 rows): option batch changed')
  })

  test.each([
    [10, 11, undefined],
    [11, 12, '  … and 1 more; --json lists all'],
    [1010, 12, '  … and 1,000 more; --json lists all'],
  ])('lists the first ten of %i shards', (count, lines, last) => {
    const run = Array.from({ length: count }, (_, index) => shard(index)) as StagePlan['run']
    const text = planText(plan({ run })).split('\n')
    expect(text).toHaveLength(lines)
    if (last !== undefined) expect(text.at(-1)).toBe(last)
  })

  test('names what is removed, the first ten of it', () => {
    const remove = Array.from({ length: 12 }, (_, index) => `0000${index}`)
    const text = planText(plan({ remove }))
    expect(text.match(/no longer exists, is removed/g)).toHaveLength(10)
    expect(text).toContain('  00000: no longer exists, is removed')
  })
})
