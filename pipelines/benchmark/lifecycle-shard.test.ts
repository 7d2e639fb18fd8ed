import type { Checkpoint, StageContext } from '@promptloom/runner/stage'
import { describe, expect, it } from 'vitest'
import { lifecycleShard } from './lifecycle-shard.ts'
import { type BenchmarkOptions, benchmarkOptions } from './options.ts'
import type { Survey } from './session.ts'
import { sweepShard } from './sweep-shard.ts'

function committed(shard: string, rows: number, more: Partial<Checkpoint> = {}): Checkpoint {
  const file = { stage: 'embed', shard, name: `${shard}.parquet`, sha256: `sha of ${shard}`, bytes: 1 }
  return {
    ...{ stage: 'embed', shard, fingerprint: 'f', rows, outcomes: { ok: rows }, files: [file] },
    ...{ facts: { dimension: 512 }, parts: {}, timings: {}, seconds: 1, run: 'r', committed: '2026-01-01T00:00:00Z' },
    ...more,
  }
}

/** The shard that is planned for these shards of embed. */
function planned(lifecycleRows: number, ...embedded: Checkpoint[]) {
  const context = {
    options: benchmarkOptions.parse({ lifecycleRows }),
    upstream: (stage: string) => (stage === 'embed' ? embedded : []),
  }
  return lifecycleShard(context as unknown as StageContext<BenchmarkOptions>)
}

const filesOf = (shard: ReturnType<typeof planned>) => shard?.inputs?.map(({ name }) => name)

describe('the shard of a copy’s life', () => {
  it.each<[string, ReturnType<typeof planned>]>([
    ['nobody asks for it', planned(0, committed('text-00000', 10))],
    ['nothing was embedded', planned(100)],
    ['the shards have no file', planned(100, committed('text-00000', 0, { files: [] }))],
    ['nobody knows the length of vectors', planned(100, committed('text-00000', 10, { facts: {} }))],
  ])('is not planned where %s', (_, shard) => expect(shard).toBeUndefined())

  it('copies vectors of prompts, and of pictures only where there are no others', () => {
    const [text, image] = [committed('text-00000', 10), committed('image-00000', 20)]
    expect(planned(100, image, text)).toMatchObject({ rows: 10, facts: { kind: 'text', dimension: 512 } })
    expect(planned(100, image)).toMatchObject({ rows: 20, facts: { kind: 'image' } })
  })

  it('reads no more shards than it needs for its rows', () => {
    const shards = [0, 1, 2, 3].map((at) => committed(`text-0000${at}`, 40))
    const shard = planned(100, ...shards)
    expect(filesOf(shard)).toEqual(['text-00000.parquet', 'text-00001.parquet', 'text-00002.parquet'])
    expect(shard?.rows).toBe(100)
    expect(planned(1_000, ...shards)?.rows).toBe(160)
    expect(filesOf(planned(40, ...shards))).toEqual(['text-00000.parquet'])
  })

  it('passes over a shard that left no table, and over other files beside one', () => {
    const odd = committed('text-00001', 5)
    const extra = { ...odd.files[0], name: 'text-00001.notes.jsonl' } as Checkpoint['files'][number]
    const shard = planned(100, committed('text-00000', 7, { files: [] }), { ...odd, files: [extra, ...odd.files] })
    expect([shard?.rows, filesOf(shard)]).toEqual([5, ['text-00001.parquet']])
  })
})

describe('the shard of a sweep', () => {
  const found: Survey = {
    engine: {
      ...{ label: 'double', version: '7', effortName: 'ef', local: true },
      efforts: { quick: [16], full: [16] },
    },
    tables: { text: { rows: 9, dimension: 4, digest: 'd', index: 'built hnsw' }, image: undefined },
    questions: [],
  }
  const truth = committed('1-truth-text-to-text', 30, { outcomes: { ok: 28, missing: 2 } })
  const sweep = (options: object = {}, run = 'run-1') =>
    sweepShard(truth, benchmarkOptions.parse(options), { found, run })

  it('asks the questions that are left, and reads the files of their truth', () => {
    expect(sweep()).toMatchObject({ name: '2-sweep-text-to-text', rows: 28, inputs: truth.files })
    expect(sweepShard({ ...truth, outcomes: {} }, benchmarkOptions.parse({}), { found, run: 'r' }).rows).toBe(0)
  })

  it('is measured again on another engine, index or machine', () => {
    expect(sweep().facts).toEqual({
      engine: 'double 7',
      index: 'built hnsw',
      machine: expect.stringMatching(/^\d+ × .*, Node v?\d/),
    })
  })

  it('is measured again by every run only where that is asked for', () => {
    expect(sweep({}, 'run-2')).toEqual(sweep({}, 'run-1'))
    const always = { repeat: 'always' }
    expect(sweep(always, 'run-2').facts).toMatchObject({ run: 'run-2' })
    expect(sweep(always, 'run-2')).not.toEqual(sweep(always, 'run-1'))
  })
})
