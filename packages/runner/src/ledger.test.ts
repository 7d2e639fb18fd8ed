import { describe, expect, it } from 'vitest'
import { LedgerError } from './errors.ts'
import { checkShard, checkStage, rowsOfKind, sumOutcomes } from './ledger.ts'
import type { Checkpoint, OutcomeKind } from './stage.ts'

const outcomes: Record<string, OutcomeKind> = { ok: 'ok', empty: 'final', timeout: 'transient' }
const stage = { name: 'fetch', outcomes }
const shard = { name: '00000', rows: 10 }
const committed = (name: string, ok: number) => ({ shard: name, outcomes: { ok } }) as unknown as Checkpoint

describe('checkShard', () => {
  it('accepts outcomes that add up', () => {
    expect(() => checkShard(stage, shard, { ok: 7, empty: 2, timeout: 1 })).not.toThrow()
    expect(() => checkShard(stage, { name: 'source', rows: 0 }, {})).not.toThrow()
  })

  it.each([
    ['a lost row', { ok: 9 }, /10 rows came in, 9 are accounted for/],
    ['a doubled row', { ok: 10, empty: 1 }, /10 rows came in, 11 are accounted for/],
    ['an unknown outcome', { ok: 9, vanished: 1 }, /"vanished", which is none of the outcomes/],
    ['an outcome that only objects have', { ok: 9, constructor: 1 }, /"constructor"/],
    ['a negative count', { ok: 11, empty: -1 }, /-1 rows/],
    ['a fraction', { ok: 9.5, empty: 0.5 }, /9.5 rows/],
  ])('refuses %s', (_what, given, message) => {
    expect(() => checkShard(stage, shard, given)).toThrow(LedgerError)
    expect(() => checkShard(stage, shard, given)).toThrow(message)
  })
})

describe('checkStage', () => {
  const shards = [
    { name: 'a', rows: 2 },
    { name: 'b', rows: 3 },
  ]
  it('accepts a stage whose shards are all there and account for every row', () => {
    expect(() => checkStage('load', shards, [committed('a', 2), committed('b', 3)])).not.toThrow()
  })
  it('refuses a missing shard and a total that is off', () => {
    expect(() => checkStage('load', shards, [committed('a', 2)])).toThrow(/left 1 of 2 shards undone, b first/)
    expect(() => checkStage('load', shards, [committed('a', 2), committed('b', 2)])).toThrow(/5 rows came in, 4/)
  })
})

describe('sums', () => {
  it('adds outcomes up, ok first and the others by name', () => {
    const sum = sumOutcomes([{ timeout: 1, ok: 2 }, { empty: 4 }, { ok: 1 }])
    expect(JSON.stringify(sum)).toBe('{"ok":3,"empty":4,"timeout":1}')
  })
  it('counts the rows of one kind', () => {
    expect(rowsOfKind({ ok: 5, timeout: 2, gone: 9 }, outcomes, 'transient')).toBe(2)
  })
})
