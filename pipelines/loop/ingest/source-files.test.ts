import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SourceFile, sourceFiles } from './source-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = async (name: string, content = 'x') => {
  await mkdir(join(folder, name, '..'), { recursive: true })
  await writeFile(join(folder, name), content)
}

async function found(paths = [folder], except = ''): Promise<{ files: SourceFile[]; others: string[] }> {
  const files: SourceFile[] = []
  const others: string[] = []
  const onOther = (path: string) => others.push(relative(folder, path))
  for await (const file of sourceFiles(paths, { except, onOther })) files.push(file)
  return { files, others }
}

describe('files to take in', () => {
  it('are told by their endings, in any case', async () => {
    for (const name of ['a.PNG', 'b.jpeg', 'c.webp', 'd.jsonl', 'e.ndjson', 'f.CSV', 'g.gif', 'h', 'i.json'])
      await put(name)
    const { files, others } = await found()
    expect(files.map(({ path, kind }) => `${relative(folder, path)} ${kind}`)).toEqual([
      ...['a.PNG picture', 'b.jpeg picture', 'c.webp picture', 'd.jsonl lines', 'e.ndjson lines', 'f.CSV table'],
    ])
    expect(others).toEqual(['g.gif', 'h', 'i.json'])
  })

  it('have a state that changes with their content', async () => {
    await put('a.png', 'one')
    const [before] = (await found()).files
    expect([before?.bytes, (await found()).files[0]?.state]).toEqual([3, before?.state])
    await put('a.png', 'three')
    expect((await found()).files[0]?.state).not.toBe(before?.state)
  })

  it('are not what links, pipes and hidden folders hold, nor a folder that is left out', async () => {
    await put('real/a.png')
    await put('.hidden/b.png')
    await put('own/c.png')
    await symlink(join(folder, 'real'), join(folder, 'link'))
    await symlink(join(folder, 'real', 'a.png'), join(folder, 'd.png'))
    execFileSync('mkfifo', [join(folder, 'pipe.png')])
    const { files, others } = await found([folder], join(folder, 'own'))
    expect(files.map(({ path }) => relative(folder, path))).toEqual(['real/a.png'])
    expect(others.sort()).toEqual(['d.png', 'link', 'pipe.png'])
  })

  it('may be given by a link, and a link in a circle ends', async () => {
    await put('real/a.png')
    await symlink(join(folder, 'real'), join(folder, 'link'))
    await symlink(folder, join(folder, 'real', 'up'))
    const { files } = await found([join(folder, 'link')])
    expect(files.map(({ path }) => relative(folder, path))).toEqual(['link/a.png'])
  })

  it('are not looked for in folders without end', async () => {
    const deep = Array.from({ length: 40 }, (_, at) => `d${at}`).join('/')
    await put(`${deep}/a.png`)
    expect((await found()).files).toEqual([])
  })

  it('are refused where the path is empty: it would be the folder of the program', async () => {
    await expect(found([''])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^A path .* is empty;/),
    })
  })

  it.each([
    ['a file of another kind', 'a.txt', /is no picture \(PNG, JPEG, WebP\), no \.jsonl and no \.csv file/],
    ['a path that is not there', 'nowhere', /There is no file or folder/],
  ])('are refused where %s is given', async (_, name, message) => {
    await put('a.txt')
    await expect(found([join(folder, name)])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    })
  })
})
