import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Picture } from '@promptloom/generate/back-end'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { generatedId } from '../feedback/inbox-row.ts'
import { PictureFolder, preparePictureFolder } from './picture-folder.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'promptloom-folder-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const made = { painter: { kind: 'double', label: 'a double', standIn: true }, parents: ['row-1'] }
const painted = (words: string): Picture => ({
  ...{ bytes: Buffer.from(words), mediaType: 'image/webp', width: 4, height: 3 },
  parameters: { prompt: 'a cat', negativePrompt: '', seed: 7, steps: null, sampler: null, cfg: null, model: null },
})
const idOf = (words: string) => generatedId(Buffer.from(words))

it('is made before anything is painted, and what is no folder is the user’s mistake', async () => {
  const path = join(root, 'deep', 'er')
  await preparePictureFolder(path)
  await preparePictureFolder(path)
  expect(await readdir(path)).toEqual([])
  const file = join(root, 'file.png')
  await writeFile(file, 'x')
  for (const wrong of [file, join(file, 'in')]) {
    const message = `No pictures can be written to ${wrong} (it is no folder); name another folder with --out.`
    await expect(preparePictureFolder(wrong)).rejects.toMatchObject({ exitCode: 2, message })
  }
})

it('is made when the first picture comes, and not before', async () => {
  const folder = new PictureFolder(join(root, 'deep', 'er'), made)
  expect(await folder.settled()).toEqual([])
  expect(await readdir(root)).toEqual([])
  folder.add(painted('one'))
  expect(await folder.settled()).toMatchObject([
    { id: idOf('one'), path: join(root, 'deep', 'er', `${idOf('one')}.webp`) },
  ])
})

it('saves a picture that comes again once, also while it is still being saved', async () => {
  const folder = new PictureFolder(root, made)
  for (const words of ['one', 'two', 'one', 'one', 'two']) folder.add(painted(words))
  expect((await folder.settled()).map(({ id }) => id)).toEqual([idOf('one'), idOf('two')])
  folder.add(painted('one'))
  expect(await folder.settled()).toHaveLength(2)
  expect(await readdir(root)).toHaveLength(4)
  expect(folder.failed.aborted).toBe(false)
})

it('says who painted, and from what, beside every picture', async () => {
  const folder = new PictureFolder(root, made)
  folder.add(painted('one'))
  folder.add(painted('two'))
  for (const { path } of await folder.settled()) {
    expect(JSON.parse(await readFile(path.replace('.webp', '.json'), 'utf8'))).toMatchObject(made)
  }
})

it.each<[string, () => Promise<unknown>, string]>([
  [
    'a folder lies where a picture should',
    () => mkdir(join(root, 'out', `${idOf('one')}.webp`), { recursive: true }),
    'EISDIR',
  ],
  ['a file lies where the folder should', () => writeFile(join(root, 'out'), ''), 'EEXIST'],
])('where %s, it tells so by its signal, and keeps the others', async (_, obstruct, code) => {
  await obstruct()
  const folder = new PictureFolder(join(root, 'out'), made)
  folder.add(painted('one'))
  folder.add(painted('two'))
  const saved = await folder.settled()
  expect(saved.map(({ id }) => id)).toEqual(code === 'EISDIR' ? [idOf('two')] : [])
  expect(folder.failed.reason).toMatchObject({
    ...{ name: 'PictureFolderError', exitCode: 1, cause: { code } },
    message: expect.stringMatching(
      new RegExp(`^The picture g-\\w+ cannot be written to ${join(root, 'out')} \\(${code}\\); make room there`),
    ),
  })
})
