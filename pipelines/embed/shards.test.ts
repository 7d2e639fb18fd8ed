import type { Checkpoint, FileRef, StageContext } from '@promptloom/runner/stage'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EmbedOptions } from './options.ts'
import type { PictureDuplicates } from './picture-duplicates.ts'
import { imageShards, pictureTables, promptTables, textShards } from './shards.ts'

type Shape = Partial<Pick<Checkpoint, 'outcomes' | 'facts'>>

function committed(stage: string, shard: string, endings: readonly string[], shape: Shape = {}): Checkpoint {
  const files = endings.map((ending) => ({
    stage,
    shard,
    name: `${shard}.${ending}`,
    sha256: `${stage}/${shard}`,
    bytes: 1,
  }))
  return {
    ...{ stage, shard, fingerprint: 'f', rows: 9, outcomes: {}, files, facts: {}, parts: {}, timings: {}, seconds: 1 },
    ...{ run: 'r', committed: '2026-01-01T00:00:00Z' },
    ...shape,
  }
}
const download = (shard: string, ok = 5) => committed('download', shard, ['parquet'], { outcomes: { ok, bad_size: 2 } })
const fetched = (shard: string, outcomes: Checkpoint['outcomes'] = { ok: 3, duplicate: 1, http_404: 1 }) =>
  committed('fetch-images', shard, ['parquet', 'tar', 'fetches.jsonl.gz'], { outcomes })
const kept = (shard: string, rows: number, pictures: number) =>
  committed('feedback', shard, ['parquet', 'pictures.parquet', 'tar', 'lineage.jsonl'], { facts: { rows, pictures } })

/** A stage's context with these commits upstream. */
const after = (...checkpoints: Checkpoint[]) =>
  ({
    upstream: (name: string) => checkpoints.filter(({ stage }) => stage === name),
  }) as unknown as StageContext<EmbedOptions>
const duplicates = { digestOf: ({ sha256 }: FileRef) => `duplicates of ${sha256}` } as unknown as PictureDuplicates
const FACTS = { model: 'digest' }
const namesOf = (files: readonly FileRef[] = []) => files.map(({ stage, name }) => `${stage}/${name}`)

describe('shards of prompts', () => {
  it('are one for each shard of rows, the collection’s first', () => {
    const context = after(kept('00000', 2, 1), download('00000'), download('00001', 7))
    const shards = textShards(context, FACTS)
    expect(shards.map(({ name, rows }) => [name, rows])).toEqual([
      ['text-00000', 5],
      ['text-00001', 7],
      ['text-feedback-00000', 2],
    ])
    expect(shards.map(({ inputs }) => namesOf(inputs))).toEqual([
      ['download/00000.parquet'],
      ['download/00001.parquet'],
      ['feedback/00000.parquet'],
    ])
    expect(shards.every(({ facts }) => facts === FACTS)).toBe(true)
  })

  it('do not ask for pictures: a prompt is embedded before its picture is fetched', () => {
    expect(textShards(after(download('00000')), FACTS)).toEqual(
      textShards(after(download('00000'), fetched('00000')), FACTS),
    )
  })

  it('are none for shards that left no rows: the source itself, and the queue', () => {
    const source = committed('download', 'source', ['csv'])
    const queue = committed('feedback', 'queue-0001', ['jsonl'])
    expect(textShards(after(source, queue), FACTS)).toEqual([])
    expect(imageShards(after(source, queue, fetched('source')), FACTS, duplicates)).toEqual([])
  })
})

describe('shards of pictures', () => {
  it('read rows, table and tar, and depend on what is a duplicate there', () => {
    const [shard, ...rest] = imageShards(after(download('00000'), fetched('00000')), FACTS, duplicates)
    expect(rest).toEqual([])
    expect(namesOf(shard?.inputs)).toEqual([
      'download/00000.parquet',
      'fetch-images/00000.parquet',
      'fetch-images/00000.tar',
    ])
    expect(shard).toMatchObject({
      name: 'image-00000',
      facts: { model: 'digest', duplicates: 'duplicates of fetch-images/00000' },
    })
  })

  it.each<[string, Checkpoint['outcomes'], number | undefined]>([
    ['pictures', { ok: 3 }, 3],
    ['pictures and copies of them', { ok: 3, duplicate: 2 }, 5],
    ['copies alone', { duplicate: 2 }, 2],
    ['failures alone', { http_404: 3, truncated: 1 }, undefined],
    ['nothing', {}, undefined],
  ])('of %s count what was stored', (_, outcomes, rows) => {
    const shards = imageShards(after(download('00000'), fetched('00000', outcomes)), FACTS, duplicates)
    expect(shards.map((shard) => shard.rows)).toEqual(rows === undefined ? [] : [rows])
  })

  it('of the feedback count what it says of itself', () => {
    const shards = imageShards(after(kept('00000', 4, 3), kept('00001', 2, 0)), FACTS, duplicates)
    expect(shards.map(({ name, rows }) => [name, rows])).toEqual([['image-feedback-00000', 3]])
    expect(namesOf(shards[0]?.inputs)).toEqual([
      'feedback/00000.parquet',
      'feedback/00000.pictures.parquet',
      'feedback/00000.tar',
    ])
  })

  it('are none where the tar is missing, or the rows that the pictures belong to', () => {
    const tarless = committed('fetch-images', '00000', ['parquet'], { outcomes: { ok: 3 } })
    expect(imageShards(after(download('00000'), tarless), FACTS, duplicates)).toEqual([])
    expect(imageShards(after(fetched('00000')), FACTS, duplicates)).toEqual([])
    expect(imageShards(after(download('00001'), fetched('00000')), FACTS, duplicates)).toEqual([])
  })
})

describe('the tables of a collection', () => {
  it('are those of all rows and of all pictures, the collection’s first', () => {
    const context = after(kept('00000', 1, 1), fetched('00001'), download('00000'), download('00001'))
    expect(namesOf(promptTables(context))).toEqual([
      'download/00000.parquet',
      'download/00001.parquet',
      'feedback/00000.parquet',
    ])
    expect(namesOf(pictureTables(context))).toEqual(['fetch-images/00001.parquet', 'feedback/00000.pictures.parquet'])
  })

  it('belong to shards of other names each, whatever came upstream', () => {
    const shard = fc.nat({ max: 30 }).map((at) => String(at).padStart(5, '0'))
    const some = fc.uniqueArray(shard, { maxLength: 8 })
    fc.assert(
      fc.property(some, some, some, (rows, pictures, fed) => {
        const context = after(
          ...rows.map((name) => download(name)),
          ...pictures.map((name) => fetched(name)),
          ...fed.map((name) => kept(name, 1, 1)),
        )
        const names = [...textShards(context, FACTS), ...imageShards(context, FACTS, duplicates)].map(
          ({ name }) => name,
        )
        expect(new Set(names).size).toBe(names.length)
        const both = rows.filter((name) => pictures.includes(name))
        expect(names.length).toBe(rows.length + both.length + 2 * fed.length)
      }),
    )
  })
})
