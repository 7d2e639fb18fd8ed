import { createHash } from 'node:crypto'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openModel } from '@promptloom/clip/model'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCollection } from './collection.double.ts'

const png = (colour: string, width = 40) =>
  sharp({ create: { width, height: 50, channels: 3, background: colour } })
    .png()
    .toBuffer()

const digest = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

describe('the embed stage, on prompts', () => {
  it('gives every row its vector, in order, with the columns of its row', async () => {
    const collection = await createCollection([[['a cat'], ['a dog'], ['A  CAT '], ['words '.repeat(90)], ['\x07']]])
    expect(await collection.run()).toBe(0)
    const rows = await collection.text('text-00000')
    expect(rows.id).toEqual(['00000-0', '00000-1', '00000-2', '00000-3'])
    expect(rows.prompt[2]).toBe('A  CAT ')
    expect(rows.truncated).toEqual([false, false, false, true])

    await using model = await openModel(collection.model)
    expect(new Set(rows.model)).toEqual(new Set([model.digest]))
    const [cat, dog] = await model.text.embed(['a cat', 'a dog'])
    const vector = (row: number) => rows.prompt_vector.slice(row * TINY.dimension, (row + 1) * TINY.dimension)
    expect([vector(0), vector(1), vector(2)]).toEqual([cat, dog, cat])

    const { outcomes, facts } = await collection.checkpoint('text-00000')
    expect(outcomes).toEqual({ ok: 3, ok_truncated: 1, empty_text: 1 })
    expect(facts).toMatchObject({ dimension: TINY.dimension, embedded: 3 })
  })

  it('embeds a text once, however many shards have it', async () => {
    const same = ['the same', 'THE SAME', 'the  same', '“the” same'] as const
    const collection = await createCollection([
      [[same[0]], ['one']],
      [[same[1]], ['two']],
      [[same[2]], [same[0]], ['three']],
    ])
    await collection.run()
    const embedded = async () => {
      const all = await Promise.all([0, 1, 2].map((at) => collection.checkpoint(`text-0000${at}`)))
      return all.reduce((sum, { facts }) => sum + Number(facts.embedded), 0)
    }
    expect(await embedded()).toBe(4)

    collection.shards = [...collection.shards, [[same[0]], ['four']]]
    await collection.run()
    expect((await collection.checkpoint('text-00003')).facts.embedded).toBe(1)
  })

  it('has the same bytes without the cache, in batches of any size, with any number of workers', async () => {
    const shards = [0, 1].map((shard) =>
      Array.from(
        { length: 60 },
        (_, row) => [`${'a cat of many words '.repeat(row % 7)} ${row % 50} ${shard && row}`] as const,
      ),
    )
    const first = await createCollection(shards.map((rows) => [...rows]))
    await first.run({ batch: 7, workers: 2 })
    const second = await createCollection(
      shards.map((rows) => [...rows]),
      { model: first.model },
    )
    await second.run({ batch: 1, workers: 1 })
    await rm(join(first.workspace, 'cache'), { recursive: true })
    await rm(join(first.workspace, 'embed', 'text-00001.json'))
    await first.run({ batch: 32, workers: 1 })
    for (const name of ['text-00000.parquet', 'text-00001.parquet']) {
      expect(await digest(join(first.workspace, 'embed', name))).toBe(
        await digest(join(second.workspace, 'embed', name)),
      )
    }
  })

  it('is done again for another model or treatment of long prompts, and not for another speed', async () => {
    const long = Array.from({ length: 90 }, (_, at) => `word${at}`).join(' ')
    const collection = await createCollection([[['a cat'], [long]]])
    await collection.run()
    const committed = async () => (await collection.checkpoint('text-00000')).committed
    const first = await committed()
    await collection.run({ batch: 3, workers: 1, device: 'cpu', precision: 'fp32' })
    expect(await committed()).toBe(first)

    const truncated = (await collection.text('text-00000')).prompt_vector
    await collection.run({ overlong: 'windows' })
    const averaged = await collection.text('text-00000')
    expect(averaged.truncated).toEqual([false, true])
    expect(averaged.prompt_vector.slice(0, TINY.dimension)).toEqual(truncated.slice(0, TINY.dimension))
    expect(averaged.prompt_vector.slice(TINY.dimension)).not.toEqual(truncated.slice(TINY.dimension))

    const before = (await collection.checkpoint('text-00000')).facts.model
    await writeSyntheticModel(collection.model, TINY, { seed: 7 })
    await collection.run({ overlong: 'windows' })
    expect((await collection.checkpoint('text-00000')).facts.model).not.toBe(before)
  })

  it('says what to do when there is no model', async () => {
    const collection = await createCollection([[['a cat']]], { model: '/nowhere/clip' })
    await expect(collection.run()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/no model directory \/nowhere\/clip.*promptloom model pull/),
    })
  })
})

describe('the embed stage, on pictures', () => {
  it('commits no pictures when the two towers are of different models', async () => {
    const collection = await createCollection([[['one', await png('red')]]])
    const other = `${collection.model}-other`
    await writeSyntheticModel(other, { ...TINY, dimension: 48 })
    await cp(join(other, 'onnx/vision_model.onnx'), join(collection.model, 'onnx/vision_model.onnx'))
    await expect(collection.run()).rejects.toThrow(
      'The picture tower gives vectors of 48 components and the text tower of 32: they are of two models;',
    )
    await expect(collection.checkpoint('image-00000')).rejects.toThrow('ENOENT')
  })

  it('embeds those that can be decoded, and tells which are the same', async () => {
    const [red, blue] = [await png('red'), await png('blue')]
    const collection = await createCollection([
      [['red', red], ['no picture'], ['blue', blue], ['red again', red], ['broken', Buffer.from('GIF8 no')]],
      [['nothing here']],
      [
        ['another', await png('green', 90)],
        ['blue again', blue],
      ],
    ])
    expect(await collection.run()).toBe(0)
    const first = await collection.image('image-00000')
    expect(first.id).toEqual(['00000-0', '00000-2', '00000-3'])
    expect(first.prompt).toEqual(['red', 'blue', 'red again'])
    expect(first.duplicate_of).toEqual(['', '', '00000-0'])
    expect((await collection.image('image-00002')).duplicate_of).toEqual(['', '00000-2'])
    const { outcomes, rows, facts } = await collection.checkpoint('image-00000')
    expect(rows).toBe(4)
    expect(outcomes).toEqual({ ok: 2, duplicate: 1, undecodable: 1 })
    // Shards are in work side by side: whichever meets blue first embeds it for both, so that only their sum is fixed.
    const others = await collection.checkpoint('image-00002')
    expect(Number(facts.embedded) + Number(others.facts.embedded)).toBe(['red', 'blue', 'broken', 'green'].length)

    await using model = await openModel(collection.model)
    const [vector] = (await model.image?.embed([async () => red])) ?? []
    expect(first.image_vector.slice(0, TINY.dimension)).toEqual(vector)
    expect(first.image_vector.slice(2 * TINY.dimension)).toEqual(vector)
    expect(first.sha256[0]).toBe(createHash('sha256').update(red).digest('hex'))
  })

  it('does a shard again when an earlier shard gets a picture that it has', async () => {
    const [red, blue] = [await png('red'), await png('blue')]
    const collection = await createCollection([[['one', blue]], [['two', red]]])
    await collection.run()
    expect((await collection.image('image-00001')).duplicate_of).toEqual([''])
    collection.shards = [[['one', red]], [['two', red]]]
    await collection.run()
    expect((await collection.image('image-00001')).duplicate_of).toEqual(['00000-0'])
  })

  it.each(['onnx/vision_model.onnx', 'preprocessor_config.json'])(
    'leaves pictures out when the model has no %s, and says so',
    async (file) => {
      const collection = await createCollection([[['one', await png('red')]]])
      await rm(join(collection.model, file))
      await collection.run()
      expect(collection.warnings).toEqual([
        `Pictures are left out: ${collection.model} has no vision_model, or no preprocessor_config.json to go with it.`,
      ])
      await expect(collection.checkpoint('image-00000')).rejects.toThrow('ENOENT')
      expect((await collection.checkpoint('text-00000')).outcomes).toEqual({ ok: 1 })
    },
  )
})
