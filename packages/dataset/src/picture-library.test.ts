import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPictureLibrary } from './picture-library.ts'
import { emptyPictureRow, PICTURE_SCHEMA } from './picture-table.ts'
import { PictureTarWriter } from './picture-tar.ts'
import { columnsFromRows } from './table-rows.ts'
import { writeTable } from './table-writer.ts'

let workspace: string
let stage: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-library-'))
  stage = join(workspace, 'fetch-images')
  await mkdir(stage)
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

/** Commits a shard of one picture, with the picture's text in place of the digests. */
async function commit(shard: string, id: string, text: string): Promise<void> {
  await using tar = await PictureTarWriter.create(join(stage, `${shard}.tar`))
  const place = await tar.add(id, 'jpg', Buffer.from(text))
  await tar.finish()
  const rows = [{ ...emptyPictureRow(id, 'ok'), ...place }]
  await writeTable(join(stage, `${shard}.parquet`), PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, rows))
  const files = ['parquet', 'tar'].map((ending) => ({ name: `${shard}.${ending}`, sha256: `${ending} ${text}` }))
  await writeFile(join(stage, `${shard}.json`), JSON.stringify({ files }))
}

async function read(id: string): Promise<string | undefined> {
  await using library = await openPictureLibrary(workspace)
  return (await library.read(id))?.toString()
}

describe('the library of pictures', () => {
  it('is empty where nothing was ever fetched', async () => {
    await rm(stage, { recursive: true })
    await using library = await openPictureLibrary(workspace)
    expect(library.count).toBe(0)
    expect(await library.read('a')).toBeUndefined()
  })

  it('passes over files that are no commits, and commits without pictures', async () => {
    await commit('00000', 'a', 'cat')
    await writeFile(join(stage, '00001.json'), JSON.stringify({ files: [{ name: '00001.parquet', sha256: 'x' }] }))
    await writeFile(join(stage, '00002.commit'), '{}')
    await writeFile(join(stage, 'notes.json'), 'no JSON at all')
    expect(await read('a')).toBe('cat')
  })

  it('leaves out a shard whose checkpoint is cut short, as the runner does: it will be done again', async () => {
    await commit('00000', 'a', 'cat')
    await writeFile(join(stage, '00001.json'), '{"files": [{"na')
    await writeFile(join(stage, '00002.json'), 'null')
    await writeFile(join(stage, '00003.json'), '{}')
    expect(await read('a')).toBe('cat')
  })

  it('answers many questions at the same time, right each', async () => {
    for (let shard = 0; shard < 5; shard++) await commit(`0000${shard}`, `id-${shard}`, `picture ${shard}`)
    await using library = await openPictureLibrary(workspace)
    const ids = Array.from({ length: 50 }, (_, index) => index % 5)
    const found = await Promise.all(ids.map((shard) => library.read(`id-${shard}`)))
    expect(found.map(String)).toEqual(ids.map((shard) => `picture ${shard}`))
  })

  it('builds its index anew when that was deleted, and shares one among programs', async () => {
    await commit('00000', 'a', 'cat')
    expect(await read('a')).toBe('cat')
    await rm(join(workspace, 'cache'), { recursive: true })
    expect(await Promise.all(Array.from({ length: 4 }, () => read('a')))).toEqual(Array(4).fill('cat'))
    expect(await readdir(join(workspace, 'cache'))).toHaveLength(1)
  })

  it('keeps the pictures it was opened with, while a new commit is indexed beside it', async () => {
    await commit('00000', 'a', 'cat')
    await using before = await openPictureLibrary(workspace)
    await commit('00001', 'b', 'dog')
    expect([await read('a'), await read('b')]).toEqual(['cat', 'dog'])
    expect([before.count, String(await before.read('a')), await before.read('b')]).toEqual([1, 'cat', undefined])
  })

  it('says which archive is gone, still reads the others, and closes', async () => {
    await commit('00000', 'a', 'cat')
    await commit('00001', 'b', 'dog')
    await rm(join(stage, '00001.tar'))
    const library = await openPictureLibrary(workspace)
    await expect(library.read('b')).rejects.toThrow(/00001\.tar/)
    await commit('00001', 'b', 'dog')
    expect(String(await library.read('b'))).toBe('dog')
    expect(String(await library.read('a'))).toBe('cat')
    await library[Symbol.asyncDispose]()
  })
})
