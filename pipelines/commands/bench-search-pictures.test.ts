import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { picturesIn } from './bench-search-pictures.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-unrelated-'))
  await writeFile(join(folder, 'b.PNG'), 'second')
  await writeFile(join(folder, 'a.jpg'), 'first')
  await writeFile(join(folder, 'notes.txt'), 'no picture')
  await mkdir(join(folder, 'empty'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('pictures that are given as unrelated', () => {
  test('are none where no folder is named', async () => {
    expect(await picturesIn(undefined)).toBeUndefined()
  })

  test('are the picture files of the folder, by name', async () => {
    const pictures = await picturesIn(folder)
    expect(pictures?.map((bytes) => Buffer.from(bytes).toString())).toEqual(['first', 'second'])
  })

  test.each([
    ['nowhere', /--unrelated is ".*nowhere", which is no folder that can be read/],
    ['notes.txt', /no folder that can be read/],
    ['empty', /the folder ".*empty" holds no picture; expected are jpg, jpeg, png/],
  ])('are refused from %s', async (name, message) => {
    await expect(picturesIn(join(folder, name))).rejects.toThrow(message)
    await expect(picturesIn(join(folder, name))).rejects.toMatchObject({ exitCode: 2 })
  })
})
