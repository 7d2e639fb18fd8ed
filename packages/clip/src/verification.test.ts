import { appendFile, cp, mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Golden } from './golden.ts'
import { readGolden } from './golden.ts'
import { openModel } from './model.ts'
import { sha256OfFile } from './model-digest.ts'
import type { ModelSource } from './model-source.ts'
import { readNpy } from './npy.ts'
import { decodePicture } from './picture.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'
import { type VerifyOptions, verifyModel } from './verification.ts'

let directory: string
let picture: Buffer
beforeAll(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'promptloom-verify-')), 'tiny')
  await writeSyntheticModel(directory, TINY)
  picture = await sharp({ create: { width: 50, height: 60, channels: 3, background: '#804020' } })
    .png()
    .toBuffer()
})

/** Results by check. */
async function results(options: VerifyOptions, path = directory) {
  await using model = await openModel(path, { workers: 1 })
  return Object.fromEntries((await verifyModel(model, path, options)).map((check) => [check.name, check]))
}

/** Golden values that the tiny model itself gives, so that each can be made wrong on its own. */
async function ownGolden(): Promise<Golden> {
  await using model = await openModel(directory, { workers: 1 })
  const recipe = model.image?.recipe
  if (!recipe) throw new Error('no pictures')
  const pixels = await decodePicture(picture, recipe)
  const area = recipe.width * recipe.height
  const tensor = new Float32Array(area * 3)
  pixels.forEach((pixel, at) => {
    const channel = at % 3
    tensor[channel * area + Math.floor(at / 3)] =
      pixel * (recipe.scale[channel] as number) + (recipe.shift[channel] as number)
  })
  const texts = ['a cat', 'a dog']
  const image = (await model.image?.embed([async () => picture]))?.[0] as Float32Array
  const vectors = await model.text.embed(texts)
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)
  const ids = Array.from((await model.text.tokenize(['a cat']))[0]?.sequences[0] ?? [])
  return {
    ...{ tokens: [['a cat', ids]], picture, tensor, texts },
    imageStart: [...image.slice(0, 5)].map((value) => value * 9),
    textStart: [...(vectors[0] as Float32Array).slice(0, 5)].map((value) => value * 7),
    logits: vectors.map((vector) => 100 * dot(image, vector)),
  }
}

async function ownSource(repository = 'someone/clip'): Promise<ModelSource> {
  const name = 'config.json'
  const path = join(directory, name)
  const bytes = (await stat(path)).size
  return { repository, revision: 'a'.repeat(40), files: [{ name, bytes, sha256: await sha256OfFile(path) }] }
}

describe('verifying a model', () => {
  it('passes what is right', async () => {
    const photos = [{ shows: 'itself', bytes: picture }]
    const checks = await results({ golden: await ownGolden(), source: await ownSource(), photos })
    expect(Object.values(checks).map(({ name, result }) => `${name}: ${result}`)).toEqual([
      'files: passed',
      'tokens: passed',
      'preprocessing: passed',
      'unit length: passed',
      'batch = single: passed',
      'published values: passed',
      'texts and pictures: passed',
    ])
  })

  it('skips, with a reason, what it has nothing to compare with', async () => {
    const checks = await results({})
    const skipped = Object.values(checks).filter((check) => check.result === 'skipped')
    expect(skipped.map((check) => check.name)).toEqual([
      'files',
      'tokens',
      'preprocessing',
      'published values',
      'texts and pictures',
    ])
    for (const check of skipped) expect(check.detail).not.toBe('')
  })

  it('fails other tokens, other pixels, other values', async () => {
    const golden = await ownGolden()
    const off = golden.tensor.map((value, at) => (at === 100 ? value + 0.05 : value))
    const wrong = await results({ golden: { ...golden, tokens: [['a cat', [1, 2, 3]]], tensor: off } })
    expect(wrong.tokens).toMatchObject({ result: 'failed', detail: expect.stringContaining('not 1 2 3') })
    expect(wrong.preprocessing).toMatchObject({ result: 'failed', detail: expect.stringContaining('0.0500') })

    const other = { ...golden, logits: golden.logits.map((logit) => logit + 1) }
    expect((await results({ golden: other }))['published values']?.result).toBe('skipped')
    const claims = await ownSource('Xenova/clip-vit-base-patch32')
    expect((await results({ golden: other, source: claims }))['published values']?.result).toBe('failed')
  })

  it('fails files that are not what the hub said', async () => {
    const source = await ownSource()
    const changed = join(await mkdtemp(join(tmpdir(), 'promptloom-verify-')), 'copy')
    await cp(directory, changed, { recursive: true })
    await appendFile(join(changed, 'config.json'), ' ')
    expect((await results({ source }, changed)).files).toMatchObject({
      result: 'failed',
      detail: expect.stringMatching(/config\.json has \d+ bytes, not \d+/),
    })
    const missing = { ...source, files: [{ name: 'gone.json', bytes: 1, sha256: '' }] }
    expect((await results({ source: missing }, changed)).files?.detail).toBe('gone.json is missing')
  })

  it('fails a picture tower that does not know photos from each other', async () => {
    const colours = ['red', 'lime', 'blue', 'white', 'black', 'gray']
    const photos = await Promise.all(
      colours.map(async (shows) => ({
        shows,
        bytes: await sharp({ create: { width: 40, height: 40, channels: 3, background: shows } })
          .png()
          .toBuffer(),
      })),
    )
    expect((await results({ photos }))['texts and pictures']).toMatchObject({
      result: 'failed',
      detail: expect.stringMatching(/^\d of 6 photos/),
    })
  })
})

describe('golden values', () => {
  it('are refused in one sentence where there are none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promptloom-golden-'))
    await expect(readGolden(folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('holds no golden values'),
    })
    await writeFile(join(folder, 'x.npy'), '')
    expect(() =>
      readNpy(Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x10\x00', 'latin1'), Buffer.from("{'descr': '<i8'}")])),
    ).toThrow('float32')
  })
})
