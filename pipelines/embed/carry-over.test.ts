import { createHash } from 'node:crypto'
import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TINY } from '@promptloom/clip/synthetic/synthetic-model'
import type { Checkpoint, Json, Shard, StageContext } from '@promptloom/runner/stage'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { knownVectors, picturesOrigin } from './carry-over.ts'
import { type Collection, createCollection, type DoubleRow } from './collection.double.ts'
import type { EmbedOptions } from './options.ts'

const png = (colour: string) =>
  sharp({ create: { width: 40, height: 50, channels: 3, background: colour } })
    .png()
    .toBuffer()

async function digests(collection: Collection): Promise<string[]> {
  const names = ['text-00000.parquet', 'image-00000.parquet']
  const files = await Promise.all(names.map((name) => readFile(join(collection.workspace, 'embed', name))))
  return files.map((bytes) => createHash('sha256').update(bytes).digest('hex'))
}

/** Texts and pictures that the last run computed vectors of. */
async function embedded(collection: Collection): Promise<unknown> {
  const [text, image] = await Promise.all(['text-00000', 'image-00000'].map((shard) => collection.checkpoint(shard)))
  return { texts: text?.facts.embedded, pictures: image?.facts.embedded }
}

const rows = async (): Promise<DoubleRow[]> => [
  ['a cat', await png('red')],
  ['a dog', await png('blue')],
  ['a cow'],
  ['a hen', await png('green')],
]

describe('a shard whose rows changed', () => {
  it('embeds nothing where a row only went away, and ends in the bytes of a fresh run', async () => {
    const all = await rows()
    const collection = await createCollection([all])
    await collection.run()
    expect(await embedded(collection)).toEqual({ texts: 4, pictures: 3 })
    collection.shards = [all.slice(0, 3)]
    await collection.run()
    expect(await embedded(collection)).toEqual({ texts: 0, pictures: 0 })
    const fresh = await createCollection([all.slice(0, 3)], { model: collection.model })
    await fresh.run()
    expect(await digests(collection)).toEqual(await digests(fresh))
  })

  it('embeds only what is new, wherever the others have moved to', async () => {
    const all = await rows()
    const collection = await createCollection([all])
    await collection.run()
    const changed: DoubleRow[] = [['new', await png('white')], ...all.slice(1), ['a cat'], ['a dog', await png('blue')]]
    collection.shards = [changed]
    await collection.run()
    expect(await embedded(collection)).toEqual({ texts: 1, pictures: 1 })
    const fresh = await createCollection([changed], { model: collection.model })
    await fresh.run()
    expect(await digests(collection)).toEqual(await digests(fresh))
  })

  it('embeds everything for another model or treatment of long prompts', async () => {
    const all = await rows()
    const collection = await createCollection([all])
    await collection.run()
    collection.shards = [all.slice(1)]
    await collection.run({ overlong: 'windows' })
    expect(await embedded(collection)).toEqual({ texts: 3, pictures: 2 })
  })

  it('embeds everything where the last file is damaged', async () => {
    const all = await rows()
    const collection = await createCollection([all])
    await collection.run()
    await rm(join(collection.workspace, 'cache', 'vectors.lmdb'), { recursive: true })
    await appendFile(join(collection.workspace, 'embed', 'text-00000.parquet'), 'damage')
    collection.shards = [all.slice(1)]
    await collection.run()
    expect(await embedded(collection)).toEqual({ texts: 3, pictures: 0 })
  })
})

describe('what vectors come from', () => {
  const file = { stage: 'embed', shard: 'text-00000', name: 'text-00000.parquet', bytes: 1, sha256: '' }
  const last = (facts: Record<string, Json>) => ({ files: [file], facts, shard: 'text-00000' }) as unknown as Checkpoint

  it('must be the same device, precision and pictures', async () => {
    const collection = await createCollection([[['a cat']]])
    await collection.run()
    const context = { read: async () => join(collection.workspace, 'embed', file.name) }
    const facts = { device: 'cpu', precision: 'fp32', dimension: TINY.dimension }
    const known = (origin: Record<string, Json>) => knownVectors('text', { last: last(facts), origin }, context)
    expect([...(await known({ device: 'cpu', precision: 'fp32' })).keys()]).toEqual(['a cat'])
    expect((await known({ device: 'cuda', precision: 'fp32' })).size).toBe(0)
    expect((await known({ device: 'cpu', pictures: 'x' })).size).toBe(0)
    expect((await knownVectors('text', { last: undefined, origin: {} }, context)).size).toBe(0)
  })

  it('is the version and the options of the stage that stored the pictures, whatever rows it had', () => {
    const shard = {
      name: 'image-00000',
      rows: 1,
      inputs: [{ ...file, stage: 'fetch-images', name: '0.tar', shard: '0' }],
    }
    const origin = (parts: Record<string, string>) => {
      const upstream = () => [{ shard: '0', parts }] as unknown as Checkpoint[]
      return picturesOrigin(shard as Shard, { upstream } as unknown as StageContext<EmbedOptions>)
    }
    const parts = { 'option quality': '85', 'stage version': '1', rows: '3', 'input download/0.parquet': 'a' }
    expect(origin({ ...parts, rows: '4', 'input download/0.parquet': 'b' })).toBe(origin(parts))
    expect(origin({ ...parts, 'option quality': '80' })).not.toBe(origin(parts))
    expect(origin({ ...parts, 'stage version': '2' })).not.toBe(origin(parts))
  })
})
