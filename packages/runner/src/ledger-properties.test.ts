import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainChange, fingerprint, fingerprintParts } from './fingerprint.ts'
import { canonicalJson, sha256, shortJson } from './json.ts'
import { checkShard, checkStage, rowsOfKind, sumOutcomes, total } from './ledger.ts'
import type { Checkpoint, Json, Shard, Stage } from './stage.ts'

const OUTCOMES = { ok: 'ok', odd: 'ok', bad: 'final', gone: 'final', busy: 'transient' } as const
const stage = { name: 'embed', outcomes: OUTCOMES } as unknown as Stage<unknown>
const counts = fc.dictionary(fc.constantFrom(...Object.keys(OUTCOMES)), fc.nat(1000))
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>

describe('a shard’s balance', () => {
  it('holds exactly where outcomes add up to the rows that came in', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: -3, max: 3 }), (outcomes, off) => {
        const rows = total(outcomes) + off
        const check = () => checkShard(stage, { name: '00000', rows } as Shard, outcomes)
        if (off === 0) expect(check).not.toThrow()
        else
          expect(check).toThrow(
            `embed/00000 does not balance: ${rows} rows came in, ${total(outcomes)} are accounted for`,
          )
      }),
    )
  })

  it.each<[Record<string, number>, RegExp]>([
    [{ ok: 1, lost: 0 }, /ended rows in "lost", which is none of the outcomes of embed \(ok, odd, bad, gone, busy\)\./],
    [{ ok: 2, bad: -1 }, /counted -1 rows of "bad"/],
    [{ ok: 0.5, bad: 0.5 }, /counted 0\.5 rows of "ok"/],
    [{ ok: Number.NaN }, /counted NaN rows of "ok"/],
    [{ ok: Number.POSITIVE_INFINITY }, /counted Infinity rows/],
    [{ constructor: 1 }, /ended rows in "constructor"/],
    [{ toString: 1 } as never, /ended rows in "toString"/],
  ])('is refused with %j', (outcomes, message) => {
    const check = () => checkShard(stage, { name: '00000', rows: 1 } as Shard, outcomes)
    expect(check).toThrow(message)
    expect(check).toThrow(expect.objectContaining({ exitCode: 1 }))
  })
})

describe('a stage’s balance', () => {
  const shard = (name: string, rows: number) => ({ name, rows }) as Shard
  const done = (name: string, ok: number) => ({ shard: name, outcomes: { ok } }) as unknown as Checkpoint

  it('needs every planned shard, and every row', () => {
    const shards = [shard('a', 2), shard('b', 3)]
    expect(() => checkStage('embed', shards, [done('a', 2), done('b', 3)])).not.toThrow()
    expect(() => checkStage('embed', shards, [done('a', 2)])).toThrow('embed left 1 of 2 shards undone, b first.')
    expect(() => checkStage('embed', shards, [done('a', 2), done('b', 2)])).toThrow(
      'embed does not balance: 5 rows came in, 4 are accounted for.',
    )
  })

  it('is not fooled by a shard that nobody planned', () => {
    expect(() => checkStage('embed', [shard('a', 2)], [done('a', 2), done('z', 1)])).toThrow(/2 rows came in, 3/)
  })
})

describe('sums', () => {
  it('keep every row, whatever order the shards come in', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 8 }), (all) => {
        const sum = sumOutcomes(all)
        expect(total(sum)).toBe(all.reduce((rows, one) => rows + total(one), 0))
        expect(sumOutcomes([...all].reverse())).toEqual(sum)
        const kinds = (['ok', 'final', 'transient'] as const).map((kind) => rowsOfKind(sum, OUTCOMES, kind))
        expect(kinds.reduce((a, b) => a + b, 0)).toBe(total(sum))
      }),
    )
  })

  it('name ok first, the others by the alphabet', () => {
    expect(Object.keys(sumOutcomes([{ gone: 1, ok: 1 }, { bad: 1 }]))).toEqual(['ok', 'bad', 'gone'])
  })

  it('count an outcome that the stage no longer knows as none', () => {
    expect(rowsOfKind({ ok: 1, former: 5 }, OUTCOMES, 'final')).toBe(0)
  })
})

describe('canonical JSON', () => {
  it('is the same for equal values, whatever the order of their keys', () => {
    const shuffled = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(shuffled)
      if (value === null || typeof value !== 'object') return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, shuffled(inner)]),
      )
    }
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('tells different values apart', () => {
    const values: Json[] = [null, 0, '0', false, '', [], {}, [0], { a: 0 }, { a: '0' }, { a: null }, [null]]
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length)
  })

  it('is short, or a digest of what is long', () => {
    expect(shortJson('a'.repeat(118))).toBe(`"${'a'.repeat(118)}"`)
    const long = 'a'.repeat(119)
    expect(shortJson(long)).toBe(`sha256:${sha256(`"${long}"`)}`)
    expect(shortJson(undefined)).toBe('undefined')
  })
})

describe('a fingerprint', () => {
  const bound = { name: 'embed', version: 3, speed: ['threads'] } as unknown as Stage<Record<string, Json>>
  const input = (sha: string) => ({ stage: 'download', shard: '00000', name: '00000.parquet', bytes: 1, sha256: sha })
  const shard = (more: Partial<Shard> = {}): Shard =>
    ({ name: '00000', rows: 10, inputs: [input('a')], facts: { model: 'm' }, ...more }) as Shard
  const print = (options: Record<string, Json>, one = shard(), version = 3) =>
    fingerprint(fingerprintParts({ ...bound, version }, options, one))
  const base = print({ batch: 8, threads: 2 })

  it.each<[string, string]>([
    ['the order of options', print({ threads: 2, batch: 8 })],
    ['an option that changes only speed', print({ batch: 8, threads: 16 })],
    ['an option that is not set', print({ batch: 8, threads: 2, other: undefined as never })],
    ['the name of the shard', print({ batch: 8, threads: 2 }, shard({ name: '00001' }))],
  ])('does not depend on %s', (_, other) => {
    expect(other).toBe(base)
  })

  it.each<[string, string]>([
    ['an option', print({ batch: 9, threads: 2 })],
    ['the type of an option', print({ batch: '8', threads: 2 })],
    ['a new option', print({ batch: 8, threads: 2, more: true })],
    ['the version', print({ batch: 8, threads: 2 }, shard(), 4)],
    ['the rows', print({ batch: 8, threads: 2 }, shard({ rows: 11 }))],
    ['an input’s bytes', print({ batch: 8, threads: 2 }, shard({ inputs: [input('b')] as never }))],
    ['a fact', print({ batch: 8, threads: 2 }, shard({ facts: { model: 'n' } }))],
    ['the absence of a fact', print({ batch: 8, threads: 2 }, shard({ facts: {} }))],
  ])('depends on %s', (_, other) => {
    expect(other).not.toBe(base)
  })

  it('explains every change, and nothing where nothing changed', () => {
    const parts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.string({ maxLength: 10 }))
    fc.assert(
      fc.property(parts, parts, (before, after) => {
        const same = fingerprint(before) === fingerprint(after)
        expect(explainChange(before, after) === '').toBe(same)
      }),
    )
  })

  it.each<[Record<string, string>, Record<string, string>, string]>([
    [{ a: '1' }, { a: '2' }, 'a changed from 1 to 2'],
    [{}, { a: '1' }, 'a is new'],
    [{ a: '1' }, {}, 'a is gone'],
    [{ a: 'x'.repeat(61) }, { a: '' }, 'a changed'],
    [{ a: '1', b: '1', c: '1', d: '1' }, {}, 'a is gone, b is gone, c is gone and 1 more'],
  ])('explains %j becoming %j as %j', (before, after, text) => {
    expect(explainChange(before, after)).toBe(text)
  })
})
