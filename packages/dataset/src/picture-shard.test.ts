import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openPictureLibrary } from './picture-library.ts'
import { openPictureShard } from './picture-shard.ts'
import { emptyPictureRow, PICTURE_SCHEMA, type PictureRow } from './picture-table.ts'
import { PictureTarWriter } from './picture-tar.ts'
import { columnsFromRows } from './table-rows.ts'
import { writeTable } from './table-writer.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictures-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function writeShard(at: string, name: string, pictures: readonly (readonly [string, Buffer | undefined])[]) {
  await using tar = await PictureTarWriter.create(join(at, `${name}.tar`))
  const rows: PictureRow[] = []
  for (const [id, bytes] of pictures) {
    if (!bytes) rows.push(emptyPictureRow(id, 'http_404'))
    else rows.push({ ...emptyPictureRow(id, 'ok'), stored_format: 'jpeg', ...(await tar.add(id, 'jpg', bytes)) })
  }
  await tar.finish()
  await writeTable(join(at, `${name}.parquet`), PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, rows))
  const digest = async (file: string) =>
    createHash('sha256')
      .update(await readFile(join(at, file)))
      .digest('hex')
  const files = await Promise.all(
    [`${name}.parquet`, `${name}.tar`].map(async (file) => ({ name: file, sha256: await digest(file) })),
  )
  await writeFile(join(at, `${name}.json`), JSON.stringify({ files }))
}

test('the archive is one that the tar of the system lists and unpacks', async () => {
  const pictures = [
    ['a', randomBytes(1)],
    ['b-long', randomBytes(512)],
    ['c', randomBytes(3_000_000)],
    ['../../etc/passwd', randomBytes(513)],
    [`x${'y'.repeat(200)}`, randomBytes(10)],
  ] as const
  await writeShard(folder, '00000', pictures)
  const listed = execFileSync('tar', ['-tf', join(folder, '00000.tar')], { encoding: 'utf8' })
    .trim()
    .split('\n')
  expect(listed.slice(0, 3)).toEqual(['a.jpg', 'b-long.jpg', 'c.jpg'])
  for (const name of listed.slice(3)) expect(name).toMatch(/^[0-9a-f]{40}\.jpg$/)
  execFileSync('tar', ['-xf', join(folder, '00000.tar'), '-C', folder])
  expect((await readFile(join(folder, 'c.jpg'))).equals(pictures[2][1])).toBe(true)
})

test('the same pictures give the same archive', async () => {
  const pictures = [
    ['a', Buffer.from('one')],
    ['b', Buffer.from('two')],
  ] as const
  await writeShard(folder, '00000', pictures)
  const first = await readFile(join(folder, '00000.tar'))
  await writeShard(folder, '00000', pictures)
  expect(await readFile(join(folder, '00000.tar'))).toEqual(first)
})

test('a shard gives its rows in order and their pictures', async () => {
  const bytes = [randomBytes(700), randomBytes(2048)] as const
  await writeShard(folder, '00000', [
    ['a', bytes[0]],
    ['gone', undefined],
    ['b', bytes[1]],
  ])
  await using shard = await openPictureShard(join(folder, '00000.parquet'), join(folder, '00000.tar'))
  expect(shard.rows.map((row) => [row.id, row.outcome])).toEqual([
    ['a', 'ok'],
    ['gone', 'http_404'],
    ['b', 'ok'],
  ])
  const seen: [string, Buffer][] = []
  for await (const { row, bytes: picture } of shard.pictures()) seen.push([row.id, picture])
  expect(seen).toEqual([
    ['a', bytes[0]],
    ['b', bytes[1]],
  ])
  expect(await shard.read(shard.rows[1] as PictureRow)).toBeUndefined()
})

test('a table that points past the end of its archive is an error, never a short picture', async () => {
  await writeShard(folder, '00000', [['a', randomBytes(700)]])
  await writeFile(join(folder, '00000.tar'), (await readFile(join(folder, '00000.tar'))).subarray(0, 600))
  await using shard = await openPictureShard(join(folder, '00000.parquet'), join(folder, '00000.tar'))
  await expect(shard.read(shard.rows[0] as PictureRow)).rejects.toThrow(/ends at 88 of 700 bytes/)
})

test('the library finds every picture of every committed shard by its id', async () => {
  const stage = join(folder, 'fetch-images')
  await mkdir(stage)
  const all = Array.from(
    { length: 3000 },
    (_, n) => [`id-${n}`, n % 7 ? Buffer.from(`picture ${n}`) : undefined] as const,
  )
  await writeShard(stage, '00000', all.slice(0, 1000))
  await writeShard(stage, '00001', all.slice(1000, 2500))
  await writeShard(stage, '00002', all.slice(2500))
  await rm(join(stage, '00002.json'))
  await using library = await openPictureLibrary(folder)
  expect(library.count).toBe(all.slice(0, 2500).filter(([, bytes]) => bytes).length)
  for (const [id, bytes] of all.slice(0, 2500)) expect(await library.read(id)).toEqual(bytes)
  expect(await library.read('id-2501')).toBeUndefined()
  expect(await library.read('never heard of')).toBeUndefined()
})

test('the library’s index follows the commits, and the old one goes', async () => {
  const stage = join(folder, 'fetch-images')
  await mkdir(stage)
  const read = async (id: string) => {
    await using library = await openPictureLibrary(folder)
    return library.read(id)
  }
  expect(await read('a')).toBeUndefined()
  await writeShard(stage, '00000', [['a', Buffer.from('old')]])
  expect(await read('a')).toEqual(Buffer.from('old'))
  await writeShard(stage, '00000', [
    ['b', Buffer.from('first')],
    ['a', Buffer.from('new!')],
  ])
  expect(await read('a')).toEqual(Buffer.from('new!'))
  expect(await readdir(join(folder, 'cache'))).toHaveLength(1)
})
