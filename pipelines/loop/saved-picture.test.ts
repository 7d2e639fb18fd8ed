import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Picture } from '@promptloom/generate/back-end'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generatedId } from '../feedback/inbox-row.ts'
import { readPictureFacts, savePicture } from './saved-picture.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-saved-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const painter = { kind: 'double', label: 'a double', standIn: true }
const parameters = { prompt: 'a cat', negativePrompt: '', seed: 7, steps: null, sampler: null, cfg: null, model: null }
const picture: Picture = { bytes: Buffer.from('bytes'), mediaType: 'image/jpeg', width: 4, height: 3, parameters }
const refined = { prompt: 'a cat, detailed', asked: 'a cat', parents: ['n1'], reason: 'more of it' }

describe('a painted picture on the disk', () => {
  it('is named by its bytes, with how it was made beside it', async () => {
    const saved = await savePicture(folder, picture, { painter, refined })
    expect(saved.path).toBe(join(folder, `${generatedId(picture.bytes)}.jpg`))
    expect(String(await readFile(saved.path))).toBe('bytes')
    expect(await readPictureFacts(saved.path)).toEqual({ prompt: 'a cat', painter, refined, parameters })
    expect(saved.keepsake).toMatchObject({ picture: picture.bytes, refined, painter })
  })

  it('keeps the rows that inspired it', async () => {
    const { path } = await savePicture(folder, picture, { painter, parents: ['row-1'] })
    expect(await readPictureFacts(path)).toMatchObject({ parents: ['row-1'] })
  })
})

describe('the file beside a picture', () => {
  it('need not be there', async () => {
    expect(await readPictureFacts(join(folder, 'mine.png'))).toBeUndefined()
  })

  it.each(['{', '[]', '{"prompt": 1}', '{"prompt": "a", "painter": {"kind": "x"}}'])(
    'that says %s is refused by its name',
    async (text) => {
      await writeFile(join(folder, 'mine.json'), text)
      const read = readPictureFacts(join(folder, 'mine.png'))
      await expect(read).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('mine.json') })
    },
  )
})
