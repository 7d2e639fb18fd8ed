import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_MODEL, KNOWN_MODELS, readSource, resolveName, SOURCE_FILE } from './model-source.ts'

describe('what a user calls a model', () => {
  it.each([
    ['clip-vit-base-patch32', 'Xenova/clip-vit-base-patch32', 'clip-vit-base-patch32'],
    ['Xenova/clip-vit-large-patch14', 'Xenova/clip-vit-large-patch14', 'clip-vit-large-patch14'],
    ['somebody/their_clip.v2', 'somebody/their_clip.v2', 'their_clip.v2'],
  ])('%s', (name, repository, directory) => {
    expect(resolveName(name)).toEqual({ repository, directory })
  })

  it.each([
    ['nothing', ''],
    ['no name that is known', 'clip'],
    ['a path', './models/clip'],
    ['a path of three parts', 'a/b/c'],
    ['an address', 'https://huggingface.co/a/b'],
    ['a way out of the folder', 'a/..'],
    ['another', '../..'],
    ['a hidden folder', 'a/.git'],
    ['a space', 'a/b c'],
  ])('cannot be %s', (_, name) => {
    expect(resolveName(name)).toBeUndefined()
  })

  it('has the default first, and each name once', () => {
    expect(KNOWN_MODELS[0]?.name).toBe(DEFAULT_MODEL)
    for (const key of ['name', 'repository'] as const) {
      expect(new Set(KNOWN_MODELS.map((model) => model[key])).size).toBe(KNOWN_MODELS.length)
    }
  })
})

describe('where a directory came from', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptloom-source-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const source = { repository: 'a/b', revision: 'abc', files: [{ name: 'config.json', bytes: 2, sha256: 'd' }] }

  it('is what its file says', async () => {
    expect(await readSource(folder)).toBeUndefined()
    await writeFile(join(folder, SOURCE_FILE), JSON.stringify(source))
    expect(await readSource(folder)).toEqual(source)
  })

  it.each([
    ['cut off', JSON.stringify(source).slice(0, -5)],
    ['of another form', JSON.stringify({ ...source, files: ['config.json'] })],
    ['empty', ''],
  ])('is unknown where that is %s', async (_, text) => {
    await writeFile(join(folder, SOURCE_FILE), text)
    expect(await readSource(folder)).toBeUndefined()
  })
})
