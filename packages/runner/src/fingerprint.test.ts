import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { explainChange, fingerprint, fingerprintParts } from './fingerprint.ts'
import type { FileRef, Shard, Stage } from './stage.ts'

const stage: Stage<{ size: number; batch: number }> = {
  name: 'embed',
  version: 3,
  options: z.object({ size: z.number(), batch: z.number() }),
  speed: ['batch'],
  outcomes: { ok: 'ok' },
  plan: async () => [],
  process: async () => ({ outcomes: {} }),
}
const input = (sha256: string): FileRef => ({ stage: 'download', shard: '0', name: '0.parquet', bytes: 1, sha256 })
const shard: Shard = { name: '0', rows: 10, inputs: [input('aa')], facts: { model: 'm1' } }
const parts = (over: Partial<Shard> = {}, options = { size: 224, batch: 8 }, version = 3) =>
  fingerprintParts({ ...stage, version }, options, { ...shard, ...over })
const print = (...given: Parameters<typeof parts>) => fingerprint(parts(...given))

describe('fingerprint', () => {
  it('changes with everything that decides the bytes', () => {
    const prints = [
      print(),
      print({}, { size: 225, batch: 8 }),
      print({}, undefined, 4),
      print({ inputs: [input('bb')] }),
      print({ facts: { model: 'm2' } }),
      print({ rows: 11 }),
      print({ inputs: [] }),
    ]
    expect(new Set(prints).size).toBe(prints.length)
  })

  it('does not change with speed, with the order of facts, or with why the shard is stale', () => {
    expect(print({}, { size: 224, batch: 64 })).toBe(print())
    expect(print({ stale: 'rows are gone' })).toBe(print())
    expect(print({ facts: { a: 1, b: { c: 2, d: 3 } } })).toBe(print({ facts: { b: { d: 3, c: 2 }, a: 1 } }))
  })

  it('tells long values apart though it keeps only their digest', () => {
    const long = (end: string) => print({ facts: { text: 'x'.repeat(500) + end } })
    expect(long('a')).not.toBe(long('b'))
  })
})

describe('explainChange', () => {
  it('names what changed, from what to what', () => {
    expect(explainChange(parts(), parts({}, { size: 256, batch: 1 }))).toBe('option size changed from 224 to 256')
    expect(explainChange(parts(), parts({ inputs: [input('bb')] }))).toBe(
      'input download/0.parquet changed from aa to bb',
    )
    expect(explainChange(parts(), parts({ inputs: [] }))).toBe('input download/0.parquet is gone')
  })

  it('counts the rest where much changed', () => {
    const many = { a: '1', b: '1', c: '1', d: '1', e: '1' }
    expect(explainChange({}, many)).toBe('a is new, b is new, c is new and 2 more')
  })
})
