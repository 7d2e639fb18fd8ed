import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isFile, readPictureFile } from './picture-file.ts'

let folder: string
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-picture-file-'))
  await mkdir(at('folder'))
  await writeFile(at('small.png'), 'bytes')
  for (const [name, bytes] of Object.entries({ 'fits.png': 20 * 1024 * 1024, 'large.png': 20 * 1024 * 1024 + 1 })) {
    await writeFile(at(name), '')
    await truncate(at(name), bytes)
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a picture that a user names', () => {
  it('is read as it is, up to 20 MiB', async () => {
    expect(Buffer.from(await readPictureFile(at('small.png'))).toString()).toBe('bytes')
    expect((await readPictureFile(at('fits.png'))).byteLength).toBe(20 * 1024 * 1024)
  })

  it.each([
    ['nowhere.png', /^There is no file \S+nowhere\.png; give the file of a picture\.$/],
    ['folder', /^There is no file \S+folder; give the file of a picture\.$/],
    ['large.png', /^\S+large\.png has 20971521 bytes; pictures of up to 20971520 are read\.$/],
  ])('that is none is told in one sentence: %s', async (name, message) => {
    const refusal = { exitCode: 2, message: expect.stringMatching(message) }
    await expect(readPictureFile(at(name))).rejects.toMatchObject(refusal)
  })

  it('is told from what may be the id of a row', async () => {
    expect([await isFile(at('small.png')), await isFile(at('folder')), await isFile('row-1')]).toEqual([
      true,
      false,
      false,
    ])
  })
})
