import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestModel, sha256OfFile } from './model-digest.ts'
import type { ModelDirectory } from './model-directory.ts'

let folder: string
let model: ModelDirectory
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-digest-'))
  await writeFile(join(folder, 'a'), 'alpha')
  await writeFile(join(folder, 'b'), 'beta')
  model = { path: folder, files: ['a', 'b'] } as unknown as ModelDirectory
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const cache = () => join(folder, 'cache', 'digests.json')

describe('the digest of a model', () => {
  it('is one over names and bytes', async () => {
    expect(await sha256OfFile(join(folder, 'a'))).toBe(sha256('alpha'))
    expect(await digestModel(model)).toBe(sha256(`a\0${sha256('alpha')}\nb\0${sha256('beta')}\n`))
  })

  it('changes with a byte, with a name, and with which file has which', async () => {
    const before = await digestModel(model)
    await writeFile(join(folder, 'a'), 'alphA')
    const changed = await digestModel(model)
    await writeFile(join(folder, 'a'), 'beta')
    await writeFile(join(folder, 'b'), 'alpha')
    const swapped = await digestModel(model)
    await writeFile(join(folder, 'c'), 'alpha')
    const renamed = await digestModel({ ...model, files: ['a', 'c'] })
    expect(new Set([before, changed, swapped, renamed]).size).toBe(4)
  })

  it('of a file that is missing is an error', async () => {
    await expect(digestModel({ ...model, files: ['a', 'none'] })).rejects.toThrow(/ENOENT/)
  })
})

describe('remembered digests', () => {
  it('spare the reading while size and time are the same', async () => {
    const first = await digestModel(model, cache())
    const remembered = JSON.parse(await readFile(cache(), 'utf8'))
    expect(Object.keys(remembered)).toEqual([join(folder, 'a'), join(folder, 'b')])
    remembered[join(folder, 'a')].sha256 = sha256('something else')
    await writeFile(cache(), JSON.stringify(remembered))
    expect(await digestModel(model, cache())).not.toBe(first)
    await utimes(join(folder, 'a'), new Date(0), new Date(0))
    expect(await digestModel(model, cache())).toBe(first)
  })

  it('keep what they know of other models', async () => {
    await digestModel({ ...model, files: ['a'] }, cache())
    await digestModel({ ...model, files: ['b'] }, cache())
    expect(Object.keys(JSON.parse(await readFile(cache(), 'utf8')))).toHaveLength(2)
  })

  it('that are damaged are made anew', async () => {
    const first = await digestModel(model, cache())
    await writeFile(cache(), '{"half":')
    expect(await digestModel(model, cache())).toBe(first)
    expect(Object.keys(JSON.parse(await readFile(cache(), 'utf8')))).toHaveLength(2)
  })
})
