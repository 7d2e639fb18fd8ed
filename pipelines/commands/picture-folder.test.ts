import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { picturePaths } from './picture-folder.ts'

it('the pictures of a folder are those that their names say, in the order of their names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-pictures-'))
  await expect(picturePaths(folder)).rejects.toMatchObject({
    exitCode: 2,
    message: `There are no pictures in ${folder}; name a folder of JPEG, PNG or WebP files.`,
  })
  for (const name of ['b.PNG', 'a.jpeg', 'notes.txt', 'c.webp', 'd.svg']) await writeFile(join(folder, name), '')
  expect(await picturePaths(folder)).toEqual(['a.jpeg', 'b.PNG', 'c.webp'].map((name) => join(folder, name)))
  await expect(picturePaths(join(folder, 'a.jpeg'))).rejects.toMatchObject({
    exitCode: 2,
    message: `The folder of pictures ${join(folder, 'a.jpeg')} can't be read (ENOTDIR); give another one.`,
  })
  await rm(folder, { recursive: true })
})
